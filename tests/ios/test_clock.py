"""The clock, its time zone and summer time; the machine's zoneinfo is the judge of the latter."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from iosim.ios.timezone import Summer, Turn, Zone

from .network import Network, pair

BERLIN = Zone("CET", 60, Summer("CEST", Turn(3, 6, 2, 0, week=5), Turn(10, 6, 3, 0, week=5)))
NEW_YORK = Zone("EST", -300, Summer("EDT", Turn(3, 6, 2, 0, week=2), Turn(11, 6, 2, 0, week=1)))
SYDNEY = Zone("AEST", 600, Summer("AEDT", Turn(10, 6, 2, 0, week=1), Turn(4, 6, 3, 0, week=1)))


@pytest.fixture
def network() -> Network:
    return pair()


@pytest.mark.parametrize(
    ("zone", "name"), [(BERLIN, "Europe/Berlin"), (NEW_YORK, "America/New_York"), (SYDNEY, "Australia/Sydney")]
)
def test_summer_time_is_that_of_the_world(zone: Zone, name: str) -> None:
    judge = ZoneInfo(name)
    for year in (2009, 2020, 2025):
        for step in range(366 * 24 * 2):
            utc = datetime(year, 1, 1) + timedelta(minutes=30 * step)
            there = utc.replace(tzinfo=ZoneInfo("UTC")).astimezone(judge)
            assert zone.local(utc) == (there.replace(tzinfo=None), there.tzname()), utc


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, SYDNEY])
def test_local_time_leads_back(zone: Zone) -> None:
    for hour in range(0, 366 * 24, 3):
        local = datetime(2025, 1, 1) + timedelta(hours=hour)
        assert zone.local(zone.utc(local))[0] - local in (timedelta(), timedelta(hours=1))  # an hour that is left out


def test_the_zone_is_shown(network: Network) -> None:
    network.configure("R1", "clock timezone CET 1")
    assert network.type("R1", "show clock") == "*01:00:30.000 CET Fri Mar 1 2002\n"
    assert "clock timezone CET 1 0" in network.running("R1")
    network.configure("R1", "clock timezone NST -3 30")
    assert network.type("R1", "show clock") == "*20:30:30.000 NST Thu Feb 28 2002\n"
    network.configure("R1", "no clock timezone")
    assert network.type("R1", "show clock") == "*00:00:30.000 UTC Fri Mar 1 2002\n"


def test_details(network: Network) -> None:
    network.configure("R1", "clock timezone CET 1 0")
    network.configure("R1", "clock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00")
    assert network.type("R1", "show clock detail") == (
        "*01:00:30.000 CET Fri Mar 1 2002\n"
        "No time source\n"
        "Summer time starts 02:00:00 CET Sun Mar 31 2002\n"
        "Summer time ends 03:00:00 CEST Sun Oct 27 2002\n"
    )
    network.type("R1", "clock set 12:00:00 1 July 2025")
    assert network.type("R1", "show clock detail") == (
        "12:00:00.000 CEST Tue Jul 1 2025\n"
        "Time source is user configuration\n"
        "Summer time starts 02:00:00 CET Sun Mar 29 2026\n"
        "Summer time ends 03:00:00 CEST Sun Oct 26 2025\n"
    )


def test_summer_time_between_two_dates(network: Network) -> None:
    line = "clock summer-time CEST date 31 Mar 2002 2:00 27 Oct 2002 3:00"
    network.configure("R1", line)
    assert line in network.running("R1")
    network.type("R1", "clock set 01:59:59 31 March 2002")
    network.wait(1)
    assert network.type("R1", "show clock") == "03:00:00.000 CEST Sun Mar 31 2002\n"
    network.type("R1", "clock set 02:00:00 31 March 2003")
    assert " UTC " in network.type("R1", "show clock")


@pytest.mark.parametrize(
    "line",
    [
        "clock summer-time X recurring last Foo Mar 2:00 last Sun Oct 3:00",
        "clock summer-time X recurring last Sun Foo 2:00 last Sun Oct 3:00",
        "clock summer-time X recurring last Sun Mar 25:00 last Sun Oct 3:00",
        "clock summer-time X date 31 Feb 2002 2:00 27 Oct 2002 3:00",
    ],
)
def test_days_that_there_are_not(network: Network, line: str) -> None:
    assert network.configure("R1", line) == "% Invalid date or time\n"
    assert not [line for line in network.running("R1") if line.startswith("clock")]


@pytest.mark.parametrize(
    ("options", "stamp"),
    [
        ("datetime msec localtime show-timezone", "*Mar  1 01:00:30.000 CET: "),
        ("datetime localtime", "*Mar  1 01:00:30: "),
        ("datetime show-timezone", "*Mar  1 00:00:30 UTC: "),
        ("datetime msec show-timezone year", "*Mar  1 2002 00:00:30.000 UTC: "),
    ],
)
def test_log_lines_follow_the_zone(network: Network, options: str, stamp: str) -> None:
    printed = network.type(
        "R1", "configure terminal", "clock timezone CET 1", f"service timestamps log {options}", "end"
    )
    assert printed.endswith(f"\n{stamp}%SYS-5-CONFIG_I: Configured from console by console\n")
    assert f"service timestamps log {options}" in network.running("R1")


def test_show_version_tells_when_it_was_started_once_the_clock_is_set(network: Network) -> None:
    assert "restarted" not in network.type("R1", "show version")
    network.type("R1", "clock set 12:00:30 1 July 2025")
    assert "\nSystem restarted at 12:00:00 UTC Tue Jul 1 2025\n" in network.type("R1", "show version")
