# Commits of repositories on forges, by the names that nixpkgs gives the functions.
{
  lib,
  fetchzip,
  fetchgit,
}:
let
  # Where the forges are that a function is named after.
  hosts = {
    github = "github.com";
    gitlab = "gitlab.com";
    sourcehut = "sr.ht";
  };

  # A forge's archive of a commit, or the repository itself where an archive does not do.
  forge =
    who: urls: arguments@{
      owner,
      repo,
      rev ? null,
      tag ? null,
      name ? "source",
      fetchSubmodules ? false,
      leaveDotGit ? false,
      deepClone ? false,
      forceFetchGit ? false,
      sparseCheckout ? [ ],
      rootDir ? "",
      ...
    }:
    let
      wanted =
        if (rev == null) == (tag == null) then
          throw "${who}: give either `rev` or `tag`"
        else if tag != null then
          "refs/tags/${tag}"
        else
          rev;
      found = urls arguments wanted;
      byGit = fetchSubmodules || forceFetchGit || leaveDotGit || deepClone || sparseCheckout != [ ] || rootDir != "";
      more = builtins.removeAttrs arguments [
        "owner"
        "repo"
        "rev"
        "tag"
        "domain"
        "githubBase"
        "protocol"
        "group"
        "vc"
        "fetchSubmodules"
        "leaveDotGit"
        "deepClone"
        "forceFetchGit"
        "sparseCheckout"
        "rootDir"
      ];
    in
    (
      if byGit then
        fetchgit (
          more
          // {
            inherit
              name
              fetchSubmodules
              leaveDotGit
              deepClone
              sparseCheckout
              rootDir
              ;
            url = found.repository;
            rev = wanted;
          }
        )
      else
        fetchzip (
          more
          // {
            inherit name;
            url = found.archive;
          }
        )
    )
    // {
      inherit owner repo;
      rev = wanted;
      inherit tag;
      gitRepoUrl = found.repository;
    };

  gitea =
    arguments: rev:
    let
      repository = "https://${arguments.domain}/${arguments.owner}/${arguments.repo}";
    in
    {
      repository = "${repository}.git";
      archive = "${repository}/archive/${lib.removePrefix "refs/tags/" rev}.tar.gz";
    };
in
{
  fetchFromGitHub = forge "fetchFromGitHub" (
    { owner, repo, githubBase ? hosts.github, ... }:
    rev:
    let
      repository = "https://${githubBase}/${owner}/${repo}";
    in
    {
      repository = "${repository}.git";
      archive = "${repository}/archive/${rev}.tar.gz";
    }
  );

  fetchFromGitLab = forge "fetchFromGitLab" (
    {
      owner,
      repo,
      domain ? hosts.gitlab,
      protocol ? "https",
      group ? null,
      ...
    }:
    rev:
    let
      slug = lib.concatStringsSep "/" (lib.optional (group != null) group ++ [ owner repo ]);
      quoted = builtins.replaceStrings [ "." "/" ] [ "%2E" "%2F" ];
    in
    {
      repository = "${protocol}://${domain}/${slug}.git";
      archive = "${protocol}://${domain}/api/v4/projects/${quoted slug}/repository/archive.tar.gz?sha=${quoted rev}";
    }
  );

  fetchFromSourcehut = forge "fetchFromSourcehut" (
    {
      owner,
      repo,
      domain ? hosts.sourcehut,
      vc ? "git",
      ...
    }:
    rev:
    let
      repository = "https://${vc}.${domain}/${owner}/${repo}";
    in
    {
      inherit repository;
      archive = "${repository}/archive/${lib.removePrefix "refs/tags/" rev}.tar.gz";
    }
  );

  fetchFromGitea = forge "fetchFromGitea" gitea;
  fetchFromForgejo = forge "fetchFromForgejo" gitea;
}
