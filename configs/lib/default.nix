# `lib`: the functions that expressions and modules are written with, under the
# names that nixpkgs gives them. It takes no arguments: `import ./lib`.
#
# Everything but `types`, `evalModules` and what builds on them is plain Nix;
# those come from `builtins.neve`, the module engine of the evaluator.
let
  inherit (import ./fixed-points.nix { inherit lib; }) makeExtensible;

  # A part is read when something of it is asked for.
  lib = makeExtensible (
    self:
    let
      part = file: import file { lib = self; };
      # What of `types` needs no engine.
      making = part ./types.nix;
    in
    {
      trivial = part ./trivial;
      fixedPoints = part ./fixed-points.nix;
      attrsets = part ./attrsets;
      lists = part ./lists;
      strings = part ./strings;
      stringsWithDeps = part ./strings-with-deps.nix;
      customisation = part ./customisation.nix;
      derivations = part ./derivations.nix;
      meta = part ./meta.nix;
      licenses = part ./licenses.nix;
      versions = part ./versions.nix;
      modules = part ./modules;
      options = part ./options;
      types = self.engine.types // making;
      systems = part ./systems;
      platforms = self.systems.doubles;
      cli = part ./cli.nix;
      gvariant = part ./gvariant.nix;
      generators = part ./generators;
      asserts = part ./asserts.nix;
      debug = part ./debug.nix;
      fetchers = part ./fetchers.nix;
      path = part ./path.nix;
      filesystem = part ./filesystem.nix;
      fileset = part ./fileset;
      sources = part ./sources.nix;
      network = part ./network.nix;
      kernel = part ./kernel.nix;
      flakes = part ./flakes.nix;
      sourceTypes = part ./source-types.nix;
      misc = part ./misc.nix;

      # Debian's packages have theirs, which the packages themselves tell.
      maintainers = { };
      teams = { };

      # The module engine, bound to this `lib`.
      engine =
        if builtins ? neve then
          builtins.neve.library self
        else
          throw "lib.types and lib.evalModules need the module engine of Neve, which this evaluator is not";

      inherit (builtins)
        concatStringsSep convertHash fromJSON fromTOML getContext hasContext hashString
        parseDrvName placeholder splitVersion toFile toJSON toString toXML tryEval
        ;
      inherit (self.trivial)
        "or" add and bitAnd bitNot bitOr bitXor boolToString boolToYesNo ceil
        checkListOfEnum codeName compare concat const deepSeq defaultTo div flip floor
        fromHexString functionArgs genericClosure id importJSON importTOML info inNixShell
        inPureEvalMode isBool isFloat isFunction isInOldestRelease isInt lessThan
        mapNullable max mergeAttrs min mirrorFunctionArgs mod mul oldestSupportedRelease
        oldestSupportedReleaseIsAtLeast pathExists pipe readFile release revisionWithDefault
        seq setFunctionArgs showWarnings splitByAndCompare sub throwIf throwIfNot
        toBaseDigits toFunction toHexString version versionSuffix warn warnIf warnIfNot xor
        ;
      inherit (self.fixedPoints)
        composeExtensions composeManyExtensions converge extends fix fix' makeExtensible
        makeExtensibleWithCustomName toExtension
        ;
      inherit (self.attrsets)
        attrByPath attrNames attrsToList attrVals attrValues cartesianProduct
        cartesianProductOfSets catAttrs chooseDevOutputs collect concatMapAttrs
        dontRecurseIntoAttrs filterAttrs filterAttrsRecursive foldAttrs foldlAttrs genAttrs
        genAttrs' getAttr getAttrFromPath getAttrs getBin getDev getFirstOutput getInclude
        getLib getMan getOutput getStatic hasAttr hasAttrByPath intersectAttrs isAttrs
        isDerivation listToAttrs longestValidPathPrefix mapAttrs mapAttrs' mapAttrsRecursive
        mapAttrsRecursiveCond mapAttrsToList mapAttrsToListRecursive
        mapAttrsToListRecursiveCond mapCartesianProduct matchAttrs mergeAttrsList
        nameValuePair optionalAttrs overrideExisting recurseIntoAttrs recursiveUpdate
        recursiveUpdateUntil removeAttrs setAttrByPath showAttrPath toDerivation
        updateManyAttrsByPath zip zipAttrs zipAttrsWith zipAttrsWithNames zipWithNames
        ;
      inherit (self.lists)
        all allUnique any compareLists concatAttrValues concatLists concatMap count crossLists drop dropEnd
        elem elemAt filter findFirst findSingle flatten fold foldl foldl' foldr forEach
        genList groupBy groupBy' head ifilter0 imap0 imap1 init intersectLists isList last
        length listDfs map mutuallyExclusive naturalSort optional optionals partition range
        remove replaceElemAt replicate reverseList singleton sort sortOn sublist subtractLists tail take
        takeEnd toList toposort unique uniqueStrings zipLists zipListsWith
        ;
      inherit (self.strings)
        addContextFrom appendContext cmakeBool cmakeFeature cmakeOptionType concatImapStrings
        concatImapStringsSep concatLines concatMapAttrsStringSep concatMapStrings
        concatMapStringsSep concatStrings enableFeature enableFeatureAs escape escapeC
        escapeNixIdentifier escapeNixString escapeRegex escapeShellArg escapeShellArgs
        escapeURL escapeXML fileContents fixedWidthNumber fixedWidthString getName
        getVersion hasInfix hasPrefix hasSuffix intersperse isConvertibleWithToString
        isStorePath isString isStringLike isValidPosixName join lowerChars makeBinPath
        makeIncludePath makeLibraryPath makeSearchPath makeSearchPathOutput match mesonBool
        mesonEnable mesonOption nameFromURL optionalString readPathsFromFile removePrefix
        removeSuffix replaceChars replaceString replaceStrings sanitizeDerivationName split
        splitString splitStringBy stringAsChars stringLength stringToCharacters substring
        toCamelCase toInt toIntBase10 toLower toSentenceCase toShellVar toShellVars toUpper
        trim trimWith typeOf unsafeDiscardStringContext upperChars versionAtLeast versionOlder withFeature withFeatureAs
        ;
      inherit (self.stringsWithDeps)
        fullDepEntry noDepEntry packEntry stringAfter textClosureList textClosureMap
        ;
      inherit (self.customisation)
        callPackagesWith callPackageWith extendDerivation extendMkDerivation hydraJob
        makeOverridable makeScope makeScopeWithSplicing makeScopeWithSplicing' mapCrossIndex
        overrideDerivation renameCrossIndexFrom renameCrossIndexTo
        ;
      inherit (self.derivations)
        addDrvOutputDependencies lazyDerivation optionalDrvAttr unsafeDiscardOutputDependency
        warnOnInstantiate
        ;
      inherit (self.meta)
        addMetaAttrs appendToName availableOn dontDistribute getExe getExe'
        getLicenseFromSpdxId getLicenseFromSpdxIdOr hiPrio hiPrioSet licensesSpdx lowPrio
        lowPrioSet mapDerivationAttrset platformMatch setName setPrio updateName
        ;
      inherit (self.filesystem)
        baseNameOf dirOf hashFile isPath listFilesRecursive packagesFromDirectoryRecursive
        pathIsDirectory pathIsRegularFile pathType readDir readFileType
        ;
      inherit (self.sources)
        canCleanSource cleanSource cleanSourceFilter cleanSourceWith commitIdFromGitRepo
        filterSource pathHasContext pathIsGitRepo repoRevToName revOrTag sourceByRegex
        sourceFilesBySuffices
        ;
      inherit (self.fetchers) fakeHash fakeSha256 fakeSha512;
      inherit (self.modules)
        applyModuleArgsIfFunction defaultOrderPriority defaultOverridePriority
        dischargeProperties doRename evalModules evalOptionValue filterOverrides
        fixMergeModules fixupOptionType importApply mergeDefinitions mergeModules
        mergeModules' mergeOptionDecls mkAfter mkAliasAndWrapDefinitions
        mkAliasAndWrapDefsWithPriority mkAliasDefinitions mkAliasIfDef mkAliasOptionModule
        mkAliasOptionModuleMD mkAssert mkBefore mkChangedOptionModule mkDefault
        mkDefinition mkDerivedConfig mkFixStrictness mkForce mkIf mkImageMediaOverride mkMerge mkMergedOptionModule
        mkOptionDefault mkOrder mkOverride mkRemovedOptionModule mkRenamedOptionModule
        mkRenamedOptionModuleWith mkVMOverride pushDownProperties setDefaultModuleLocation
        sortProperties unifyModuleSyntax
        ;
      inherit (self.options)
        getFiles getValues isOption literalExample literalExpression literalMD mdDoc
        mergeDefaultOption mergeEqualOption mergeOneOption mergeUniqueOption mkEnableOption
        mkOption mkPackageOption mkPackageOptionMD mkSinkUndeclaredOptions
        optionAttrSetToDocList optionAttrSetToDocList' renderOptionValue scrubOptionValue
        showDefs showFiles showOption showOptionWithDefLocs unknownModule
        ;
      inherit (making) defaultFunctor defaultTypeMerge isOptionType isType mkOptionType setType;
      inherit (self.asserts) assertEachOneOf assertMsg assertOneOf checkAssertWarn;
      inherit (self.debug)
        addErrorContext runTests testAllTrue throwTestFailures trace traceFnSeqN traceIf
        traceSeq traceSeqN traceVal traceValFn traceValSeq traceValSeqFn traceValSeqN
        traceValSeqNFn unsafeGetAttrPos
        ;
      inherit (self.generators) mkLuaInline;
      inherit (self.flakes) flakeRefToString parseFlakeRef;
      inherit (self.misc)
        closePropagation defaultMerge defaultMergeArg ifEnable imap mapAttrsFlatten maybeAttr
        maybeAttrNullable maybeEnv nixType nvs setAttr setAttrMerge uniqList
        ;
      inherit (self.cli) toGNUCommandLine toGNUCommandLineShell;
      inherit (self.versions) compareVersions major majorMinor minor pad patch;
      inherit (self.network.ipv6) mkEUI64Suffix;
    }
  );
in
lib
