"""Results of checks as JUnit XML, the form that CI systems read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from iosim.lab.checks import CheckResult

_CONTROLS = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(results: Iterable[tuple[str, Sequence[CheckResult]]]) -> bytes:
    """The XML for (name, results) of several labs: a suite for each lab, a case for each check."""
    root = ElementTree.Element("testsuites")
    for lab, checks in results:
        failures = sum(not check.passed for check in checks)
        counts = {"name": _clean(lab), "tests": str(len(checks)), "failures": str(failures), "errors": "0"}
        suite = ElementTree.SubElement(root, "testsuite", counts)
        for check in checks:
            case = ElementTree.SubElement(suite, "testcase", classname=_clean(lab), name=_clean(check.name))
            if not check.passed:
                failure = ElementTree.SubElement(case, "failure", message=_clean(check.detail))
                failure.text = _clean(check.output)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _clean(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _CONTROLS.sub("", text)
