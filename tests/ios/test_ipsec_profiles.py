"""`crypto ipsec profile` and what shows say of it."""

from __future__ import annotations

from ios.crypto_pair import Pair

PROFILE = """\
crypto ipsec transform-set OTHER esp-3des esp-md5-hmac
crypto ipsec profile P
 set pfs group14
 set transform-set STRONG OTHER
 set isakmp-profile HUB
 set security-association lifetime seconds 900
 set security-association lifetime kilobytes disable
 set security-association idle-time 600
 set security-association replay window-size 256
 reverse-route
 responder-only
 description to the hub
"""
WRITTEN = """\
crypto ipsec profile P
 description to the hub
 set security-association lifetime seconds 900
 set security-association lifetime kilobytes disable
 set security-association idle-time 600
 set security-association replay window-size 256
 set transform-set STRONG OTHER 
 set pfs group14
 set isakmp-profile HUB
 responder-only
 reverse-route
"""


def test_a_profile_is_written_in_the_order_of_a_router() -> None:
    pair = Pair({1: PROFILE})
    assert WRITTEN in pair.type(1, "show running-config | section crypto ipsec profile")
    assert "profile" not in pair.type(1, "show iosim unsupported")


def test_a_profile_is_shown_behind_the_one_that_ios_brings_along() -> None:
    shown = Pair({1: PROFILE}).type(1, "show crypto ipsec profile")
    assert (
        "IPSEC profile P\n"
        "\tDescription: to the hub\n"
        "\tISAKMP Profile: HUB\n"
        "\tKilobyte Volume Rekey has been disabled.\n"
        "\tSecurity association lifetime:900 seconds\n"
        "\tSecurity association idletime: 600 seconds\n"
        "\tResponder-Only (Y/N): Y\n"
        "\tPFS (Y/N): Y\n"
        "\tDH group:  group14\n"
        "\tMixed-mode : Disabled\n"
        "\tTransform sets={ \n"
        "\t\tSTRONG:  { esp-256-aes esp-sha256-hmac  } , \n"
        "\t\tOTHER:  { esp-3des esp-md5-hmac  } , \n"
        "\t}\n"
        "\tReverse Route Injection Enabled\n"
        "\n"
        "IPSEC profile default\n"
        "\tSecurity association lifetime: 4608000 kilobytes/3600 seconds\n"
        "\tResponder-Only (Y/N): N\n"
        "\tPFS (Y/N): N\n"
        "\tMixed-mode : Disabled\n"
        "\tTransform sets={ \n"
        "\t\tdefault:  { esp-aes esp-sha-hmac  } , \n"
        "\t}\n"
    ) in shown


def test_one_profile_is_shown_by_its_name() -> None:
    shown = Pair({1: "crypto ipsec profile P\n"}).type(1, "show crypto ipsec profile tag P")
    assert "IPSEC profile P\n" in shown
    assert "profile default" not in shown


def test_a_profile_names_transform_sets_that_exist() -> None:
    pair = Pair()
    for line in ("configure terminal", "crypto ipsec profile P"):
        pair.type(1, line)
    answer = pair.type(1, "set transform-set NONE")
    assert 'ERROR: transform set with tag "NONE" does not exist.' in answer


def test_without_its_lines_a_profile_is_as_new() -> None:
    pair = Pair({1: PROFILE + "no set pfs\nno responder-only\nno set transform-set\nno set isakmp-profile\n"})
    shown = pair.type(1, "show running-config | section crypto ipsec profile")
    assert "pfs" not in shown and "set transform-set" not in shown and "responder" not in shown
    pair.configure(1, "no crypto ipsec profile P")
    assert "profile P" not in pair.type(1, "show running-config")
