"""A pytest plugin that runs machine tests: ``pytest -p vmtest.plugin --vm-manifest FILE``.

Each manifest is one test item named after its test, so that ``-k``, ``-x``,
``--lf``, ``-n`` (pytest-xdist) and ``--junit-xml`` work as ever. Subtests
become properties of the JUnit case.
"""

from __future__ import annotations

import code
import os
import shlex
import sys
import time
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from vmtest.driver import Driver, Subtest
from vmtest.errors import GlobalTimeout, HarnessError, MachineError
from vmtest.manifest import Manifest, read_manifest
from vmtest.report import Outcome, failure_report, table

_OUTCOME = "vm_outcome"  # the attribute of a test report that carries `MachineTest.outcome`


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plugin's options."""
    group = parser.getgroup("vm", "machine tests")
    add = group.addoption
    add("--vm-manifest", action="append", default=[], metavar="FILE", help="a test to run")
    add("--vm-store", default="/", metavar="ROOT", help="the store's root on this host")
    add("--vm-output", default="vm-output", metavar="DIR", help="logs, screenshots and files")
    add(
        "--keep-machine-state",
        action="store_true",
        help="keep the machines' disks in the output and use those of the last run",
    )
    add(
        "--vm-interactive",
        action="store_true",
        help="do not run the script: open a Python prompt with its names",
    )
    add("--vm-bwrap", default="", metavar="COMMAND", help="how to run bubblewrap")
    add("--vm-rerun", default="", metavar="COMMAND", help="what failures tell to run by hand")


def pytest_configure(config: pytest.Config) -> None:
    """Collect the manifests, and nothing else unless files were named too."""
    manifests = [str(Path(m).absolute()) for m in config.getoption("--vm-manifest")]
    if not manifests:
        return
    if config.args_source != pytest.Config.ArgsSource.ARGS:
        config.args[:] = []
    config.args += [m for m in manifests if m not in config.args]
    if config.getoption("--vm-interactive"):
        capture = config.pluginmanager.getplugin("capturemanager")
        if capture is not None:
            capture.suspend_global_capture(in_=True)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A manifest that was asked for becomes a test."""
    wanted = {str(Path(m).absolute()) for m in parent.config.getoption("--vm-manifest")}
    if str(file_path) not in wanted:
        return None
    return ManifestFile.from_parent(parent, path=file_path)


class ManifestFile(pytest.File):
    """A manifest: a collector of its one test."""

    def collect(self) -> Iterable[pytest.Item]:
        """The test; a wrong manifest is a collection error."""
        try:
            manifest = read_manifest(self.path)
        except HarnessError as error:
            raise self.CollectError(str(error)) from error
        yield MachineTest.from_parent(self, name=manifest.name, manifest=manifest)


class MachineTest(pytest.Item):
    """One machine test."""

    def __init__(self, *, manifest: Manifest, **rest: Any) -> None:
        super().__init__(**rest)
        self.manifest = manifest
        self.outcome: dict[str, Any] | None = None

    def _driver(self) -> Driver:
        root = Path(self.config.getoption("--vm-store"))
        output = Path(self.config.getoption("--vm-output")).absolute() / self.name

        def real(path: str) -> Path:
            inside = path == "/nix/store" or path.startswith("/nix/store/")
            return root / path.lstrip("/") if inside else Path(path)

        return Driver(
            self.manifest,
            real,
            out_dir=output,
            keep_machine_state=self.config.getoption("--keep-machine-state"),
            bwrap=tuple(shlex.split(self.config.getoption("--vm-bwrap"))) or None,
        )

    def runtest(self) -> None:
        """Run the script, or open a prompt."""
        start = time.monotonic()
        passed, reason = False, ""
        driver = self._driver()
        try:
            with driver:
                try:
                    if self.config.getoption("--vm-interactive"):
                        interact(driver)
                    else:
                        driver.run_tests()
                    passed = True
                except (Exception, GlobalTimeout) as error:
                    reason = (str(error).splitlines() or [type(error).__name__])[0]
                    self.add_report_section(
                        "call", "machines", failure_report(driver, rerun=self._rerun())
                    )
                    raise
        finally:
            for sub in driver.subtests:
                result = "passed" if sub.passed else "failed"
                self.user_properties.append((f"subtest {sub.name}", f"{result} {sub.duration:.2f}"))
            self.outcome = {
                "passed": passed,
                "duration": time.monotonic() - start,
                "reason": reason,
                "subtests": [[s.name, s.passed, s.duration] for s in driver.subtests],
            }

    def _rerun(self) -> list[str]:
        given = self.config.getoption("--vm-rerun")
        if given:
            return [*shlex.split(given.replace("{name}", self.name)), "--interactive"]
        command = [sys.executable, "-m", "pytest", "-p", "vmtest.plugin", "-s", "--vm-interactive"]
        if os.environ.get("NEVE_VMTEST_HOST_TOOLS") == "1":
            command = ["NEVE_VMTEST_HOST_TOOLS=1", *command]
        store = self.config.getoption("--vm-store")
        return [*command, "--vm-store", store, "--vm-manifest", str(self.path)]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The script's own line and the message; the harness's frames help nobody."""
        error = excinfo.value
        lines = []
        script = f"<test script of {self.manifest.name}>"
        source = self.manifest.test_script.splitlines()
        for entry in excinfo.traceback:
            if str(entry.path).endswith(script) or entry.frame.code.raw.co_filename == script:
                number = entry.lineno + 1
                text = source[number - 1] if number <= len(source) else ""
                lines.append(f"test script, line {number}:  {text.strip()}")
        if not lines and not isinstance(error, (MachineError, HarnessError)):
            return str(super().repr_failure(excinfo))
        kind = (
            "" if isinstance(error, (MachineError, HarnessError)) else f"{type(error).__name__}: "
        )
        return "\n".join([*lines, f"{kind}{error}"])

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the test stands and what it is called."""
        return self.path, None, self.name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send the outcome along with the report, also from an xdist worker."""
    report = yield
    if isinstance(item, MachineTest) and call.when == "call" and item.outcome is not None:
        report.__dict__[_OUTCOME] = item.outcome
    return report


def interact(driver: Driver) -> None:
    """A Python prompt with the names of a test script."""
    symbols = driver.test_symbols()
    names = ", ".join(sorted(n for n in symbols if not n.startswith("_")))
    banner = f"Machine test '{driver.manifest.name}'. test_script() runs it. Names: {names}"
    code.interact(banner=banner, local=symbols, exitmsg="ending the machines")


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: Any) -> Generator[None, None, None]:
    """The table of all machine tests."""
    outcomes = [
        _outcome(report.nodeid, getattr(report, _OUTCOME))
        for reports in terminalreporter.stats.values()
        for report in reports
        if hasattr(report, _OUTCOME)
    ]
    if outcomes:
        terminalreporter.section("machine tests")
        for line in table(sorted(outcomes, key=lambda o: o.name)):
            terminalreporter.write_line(line)
    yield


def _outcome(nodeid: str, data: dict[str, Any]) -> Outcome:
    return Outcome(
        name=nodeid.split("::")[-1],
        passed=data["passed"],
        duration=data["duration"],
        reason=data["reason"],
        subtests=tuple(Subtest(name=n, passed=p, duration=d) for n, p, d in data["subtests"]),
    )
