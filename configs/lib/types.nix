# Types that are made in Nix; the others are native (see `builtins.neve`).
{ lib }:
{
  /** A type from its parts: `name`, `description`, `check`, `merge`, `emptyValue`, `getSubOptions`, … */
  mkOptionType =
    {
      name,
      description ? name,
      descriptionClass ? null,
      check ? (_: true),
      merge ? builtins.neve.mergeDefaultOption,
      emptyValue ? { },
      getSubOptions ? (prefix: { }),
      getSubModules ? null,
      substSubModules ? (modules: null),
      typeMerge ? (functor: null),
      functor ? { inherit name; },
      deprecationMessage ? null,
      nestedTypes ? { },
    }@args:
    {
      _type = "option-type";
      inherit
        name description descriptionClass check merge emptyValue getSubOptions getSubModules
        substSubModules typeMerge functor deprecationMessage nestedTypes
        ;
    };

  /** Whether a value is a type; make a value one. */
  isOptionType = value: value._type or null == "option-type";
  setType = name: value: value // { _type = name; };
  isType = name: value: value._type or null == name;
}
