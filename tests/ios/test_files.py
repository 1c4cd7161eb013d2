"""The flash and its commands: what is typed, what is asked, what is there then."""

from __future__ import annotations

import hashlib

import pytest

from tests.ios.network import Network, pair

IMAGE = "iosim-universalk9-mz.SPA.157-3.M.bin"


@pytest.fixture
def network() -> Network:
    return pair()


def typed(network: Network, *lines: str) -> str:
    return network.type("R1", *lines)


def test_a_new_router_has_its_image(network: Network) -> None:
    assert typed(network, "dir") == (
        "Directory of flash0:/\n\n"
        f"    1  -rw-         109  Mar  1 2002 00:00:00 +00:00  {IMAGE}\n\n"
        "256901120 bytes total (256897024 bytes free)\n"
    )
    assert f'"flash0:{IMAGE}"' in typed(network, "show version")


def test_show_flash_needs_no_colon(network: Network) -> None:
    assert IMAGE in typed(network, "show flash") == typed(network, "show flash:")


def test_the_running_configuration_in_a_file(network: Network) -> None:
    answer = typed(network, "copy running-config flash:x.cfg", "")
    size = len(network["R1"].flash.read("x.cfg"))
    assert answer == f"{size} bytes copied in 0.101 secs ({size * 1000 // 101} bytes/sec)\n"
    assert "hostname R1\n" in typed(network, "more flash:x.cfg")
    assert f"    2  -rw-  {size:10}  " in typed(network, "dir flash:/x.cfg")


def test_what_a_copy_asks(network: Network) -> None:
    session = network["R1"].console()
    session.submit("copy running-config flash:")
    assert session.prompt == "Destination filename [running-config]? "
    session.submit("a.cfg")
    network.wait(1)
    session.submit("copy flash:a.cfg flash:b.cfg")
    assert session.prompt == "Destination filename [b.cfg]? "
    assert "Copy in progress...C\n" in typed(network, "")
    assert typed(network, "copy flash:a.cfg flash:b.cfg", "") == (
        "%Warning:There is a file already existing with this name \n"
    )
    assert session.prompt == "Do you want to over write? [confirm]"
    assert typed(network, "n") == ""


def test_with_a_quiet_prompt_nothing_is_asked(network: Network) -> None:
    network.configure("R1", "file prompt quiet")
    assert "bytes copied" in typed(network, "copy running-config flash:x")
    assert "bytes copied" in typed(network, "copy running-config flash:x")
    assert typed(network, "delete flash:x") == ""
    assert "file prompt quiet" in network.running("R1")


MISSING = {
    "more flash:x": "%Error opening flash:/x (No such file or directory)\n",
    "dir flash:x": "%Error opening flash:/x (No such file or directory)\n",
    "dir nvram:x": "%Error opening nvram:/x (No such file or directory)\n",
    "verify /md5 x": "%Error opening flash0:/x (No such file or directory)\n",
    "delete /force flash:x": "%Error deleting flash:/x (No such file or directory)\n",
    "more tftp://10.0.0.1/x": "%Error opening tftp:/10.0.0.1/x (Protocol not supported)\n",
}


@pytest.mark.parametrize("line", MISSING)
def test_files_that_are_not_there(network: Network, line: str) -> None:
    assert typed(network, line) == MISSING[line]


def test_a_file_to_copy_is_missed_after_the_questions(network: Network) -> None:
    answer = typed(network, "copy flash:x running-config", "")
    assert answer == "%Error opening flash:/x (No such file or directory)\n"


def test_an_unknown_file_system_is_no_word(network: Network) -> None:
    assert "% Invalid input detected" in typed(network, "more disk9:x")


def test_directories(network: Network) -> None:
    assert typed(network, "mkdir flash:d", "") == "Created dir flash:/d\n"
    assert typed(network, "mkdir flash:d", "") == "%Error creating dir flash:/d (File exists)\n"
    assert typed(network, "cd flash:d", "pwd") == "flash:/d\n"
    typed(network, "show clock | redirect c.txt")
    assert typed(network, "more c.txt") == typed(network, "more flash:/d/c.txt")
    assert typed(network, "dir").splitlines()[0] == "Directory of flash:/d"
    assert typed(network, "cd ..", "pwd") == "flash:/\n"
    assert typed(network, "rmdir d", "", "") == "%Error removing dir flash:/d (Directory not empty)\n"
    assert typed(network, "delete /force flash:d") == "%Error deleting flash:/d (Is a directory)\n"
    assert typed(network, "delete /force /recursive flash:d") == ""
    assert "d/c.txt" not in typed(network, "show flash:")
    assert typed(network, "cd flash:nowhere") == "%Error changing to flash:/nowhere (No such file or directory)\n"


def test_renaming(network: Network) -> None:
    typed(network, "show clock | redirect flash:a")
    assert typed(network, "rename flash:a flash:b", "") == ""
    assert network["R1"].flash.read("b")
    assert typed(network, "rename flash:a flash:c", "") == "%Error renaming flash:/a (No such file or directory)\n"


def test_deleting_asks_twice(network: Network) -> None:
    typed(network, "show clock | redirect flash:a")
    session = network["R1"].console()
    session.submit("delete flash:a")
    assert session.prompt == "Delete filename [a]? "
    session.submit("")
    assert session.prompt == "Delete flash:/a? [confirm]"
    assert typed(network, "n") == "Delete of flash:/a aborted!\n"
    assert typed(network, "delete flash:a", "", "") == ""
    assert "a" not in network["R1"].flash.files


def test_output_into_files(network: Network) -> None:
    whole = typed(network, "show ip interface brief")
    assert typed(network, "show ip interface brief | redirect flash:a") == ""
    assert typed(network, "show ip interface brief | append flash:a") == ""
    assert typed(network, "show ip interface brief | tee flash:b") == whole
    assert typed(network, "show ip interface brief | tee /append flash:b") == whole
    assert typed(network, "more flash:a") == typed(network, "more flash:b") == whole * 2


def test_md5(network: Network) -> None:
    typed(network, "show ip interface brief | redirect flash:a")
    digest = hashlib.md5(typed(network, "more flash:a").encode()).hexdigest()
    assert f"verify /md5 (flash:/a) = {digest}\n" in typed(network, "verify /md5 flash:/a")
    assert "Verified (flash:/a)" in typed(network, f"verify /md5 flash:a {digest}")
    wrong = typed(network, "verify /md5 flash:a 00")
    assert f"%Error verifying flash:/a\nComputed signature  = {digest}\nSubmitted signature = 00\n" in wrong


def test_files_survive_a_reload(network: Network) -> None:
    typed(network, "copy running-config flash:x", "", "write memory")
    session = network["R1"].console()
    session.submit("reload")
    session.submit("")
    network.wait(60)
    assert " x\n" in typed(network, "dir")


def test_other_file_systems(network: Network) -> None:
    assert "running-config" in typed(network, "dir system:")
    assert "No files in directory" in network.type("R1", "write erase", "", "dir nvram:")
    typed(network, "write memory")
    assert "startup-config" in typed(network, "dir nvram:")
    assert "hostname R1" in typed(network, "more nvram:startup-config")
    assert "hostname R1" in typed(network, "more system:running-config")
    assert "bytes copied" in typed(network, "copy running-config null:", "")
    assert "*    256901120     256897024      disk     rw   flash0: flash:\n" in typed(network, "show file systems")


def test_formatting(network: Network) -> None:
    assert typed(network, "format flash:", "", "") == "Format of flash: complete\n"
    assert "No files in directory" in typed(network, "dir")


def test_a_full_flash_takes_no_more(network: Network) -> None:
    flash = network["R1"].flash
    flash.write("big", bytes(flash.free), network["R1"].clock_now())
    assert typed(network, "show clock | redirect flash:a") == ("%Error opening flash:/a (No space left on device)\n")
