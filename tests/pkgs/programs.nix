# Programs built from source, one a build system. Each is on a machine when its `debianDependencies` are.
pkgs:
let
  self = {
  make = pkgs.stdenv.mkDerivation (final: {
    pname = "greet";
    version = "1.2";
    src = pkgs.tree "greet-source" {
      "Makefile".text = ''
        PREFIX = /usr/local
        greet: greet.c
        	$(CC) $(CFLAGS) -o greet greet.c -lz
        check: greet
        	./greet | grep -q zlib
        install: greet
        	install -D greet $(PREFIX)/bin/greet
        	install -D again.sh $(PREFIX)/bin/again
        	install -D -m 644 greet.1 $(PREFIX)/share/man/man1/greet.1
        	ln -s greet.1 $(PREFIX)/share/man/man1/again.1
      '';
      "greet.c".text = ''
        #include <assert.h>
        #include <stdio.h>
        #include <zlib.h>
        int main(int argc, char **argv) {
          assert(argc > 0);
          printf("%s: zlib %s at %s\n", GREETING, zlibVersion(), __DATE__);
          return 0;
        }
      '';
      "again.sh".text = ''
        #!/usr/bin/env bash
        exec greet "$@"
      '';
      "greet.1".text = ".TH greet 1\n";
    };
    outputs = [
      "out"
      "man"
    ];
    buildInputs = [ pkgs.zlib1g-dev ];
    makeFlags = [ "PREFIX=$(out)" ];
    preBuild = ''
      makeFlagsArray+=(CFLAGS="-g -O2 -DGREETING='\"hello there\"'")
    '';
    doCheck = true;
    passthru.self = final.finalPackage;
    meta.mainProgram = "greet";
  });

  autotools = pkgs.stdenv.mkDerivation {
    name = "auto-1";
    src = pkgs.tree "auto-source" {
      "configure.ac".text = ''
        AC_INIT([auto], [1])
        AM_INIT_AUTOMAKE([foreign])
        AC_PROG_CC
        LT_INIT
        AC_CONFIG_FILES([Makefile])
        AC_OUTPUT
      '';
      "Makefile.am".text = ''
        lib_LTLIBRARIES = libauto.la
        libauto_la_SOURCES = lib.c
        include_HEADERS = auto.h
        bin_PROGRAMS = auto
        auto_SOURCES = main.c
        auto_LDADD = libauto.la
      '';
      "lib.c".text = "int number(void) { return 42; }\n";
      "auto.h".text = "int number(void);\n";
      "main.c".text = ''
        #include <stdio.h>
        #include "auto.h"
        int main(void) { printf("%d\n", number()); return 0; }
      '';
    };
    nativeBuildInputs = [ pkgs.autoreconfHook ];
    outputs = [
      "out"
      "dev"
      "lib"
    ];
    enableParallelBuilding = true;
  };

  cmake = pkgs.stdenv.mkDerivation {
    pname = "measure";
    version = "3";
    src = pkgs.tree "measure-source" {
      "CMakeLists.txt".text = ''
        cmake_minimum_required(VERSION 3.20)
        project(measure CXX)
        include(GNUInstallDirs)
        add_library(measure SHARED library.cc)
        add_executable(measure-it main.cc)
        target_link_libraries(measure-it measure)
        enable_testing()
        add_test(NAME runs COMMAND measure-it)
        install(TARGETS measure measure-it)
        install(FILES measure.hh DESTINATION ''${CMAKE_INSTALL_INCLUDEDIR})
      '';
      "measure.hh".text = "#include <string>\nstd::string measure(int);\n";
      "library.cc".text = ''
        #include "measure.hh"
        #include <vector>
        std::string measure(int n) { std::vector<int> v(n); return std::to_string(v.size()) + " metres"; }
      '';
      "main.cc".text = ''
        #include "measure.hh"
        #include <iostream>
        int main() { std::cout << measure(7) << std::endl; }
      '';
    };
    nativeBuildInputs = [ pkgs.cmake ];
    outputs = [
      "out"
      "dev"
    ];
    doCheck = true;
  };

  meson = pkgs.stdenv.mkDerivation {
    pname = "weigh";
    version = "4";
    src = pkgs.tree "weigh-source" {
      "meson.build".text = ''
        project('weigh', 'c', version: '4')
        z = dependency('zlib')
        weigh = executable('weigh', 'weigh.c', dependencies: z, install: true)
        test('runs', weigh)
      '';
      "weigh.c".text = ''
        #include <stdio.h>
        #include <zlib.h>
        int main(void) { printf("weighs %lu\n", crc32(0, (const Bytef *)"x", 1)); return 0; }
      '';
    };
    nativeBuildInputs = [
      pkgs.meson
      pkgs.pkgconf
    ];
    buildInputs = [ pkgs.zlib1g-dev ];
    doCheck = true;
    mesonFlags = [ "-Db_lto=true" ];
  };

  python = pkgs.stdenv.mkDerivation {
    pname = "count";
    version = "5";
    src = pkgs.tree "count-source" {
      "pyproject.toml".text = ''
        [build-system]
        requires = ["setuptools"]
        build-backend = "setuptools.build_meta"
        [project]
        name = "count"
        version = "5"
        [project.scripts]
        count = "count.main:run"
        [tool.setuptools]
        packages = ["count"]
      '';
      "count/__init__.py".text = "";
      "count/main.py".text = ''
        import jinja2

        def run():
            print(jinja2.Template("counts {{ n }}").render(n=3))
      '';
    };
    nativeBuildInputs = [
      pkgs.pythonBuildHook
      pkgs.python3-setuptools
    ];
    buildInputs = [
      pkgs.python3
      pkgs.python3-jinja2
    ];
    pythonImportsCheck = [ "count.main" ];
  };

  # A program with a library of the store.
  user =
    pkgs.runCommandCC "user" { buildInputs = [ self.autotools ]; } ''
      printf '#include <auto.h>\nint main(void) { return number() - 42; }\n' > main.c
      mkdir -p $out/bin
      gcc main.c -lauto -o $out/bin/user
      $out/bin/user
    '';
  };
in
self
