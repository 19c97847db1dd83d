from pathlib import Path

import pytest

from loadgen.disassembly import count_divisions, disassemble

HEAD = ["", "/x:     file format elf64-x86-64", "", "Disassembly of section .text:", ""]
SCALAR = [
    "0000000000001000 <prime::nth(unsigned long)>:",
    "    1000:\tpush   %rbp",
    "    1001:\tdiv    %rcx",
    "    1004:\tidivq  0xa8(%rcx)",
    "    1008:\tdivsd  %xmm2,%xmm1",
    "    100c:\tvdivss %xmm2,%xmm1,%xmm0",
]
PACKED = [
    "0000000000002000 <tuned_avx2>:",
    "    2000:\tvdivpd %ymm1,%ymm0,%ymm2",
    "    2004:\tdivps  %xmm2,%xmm1",
    "    2008:\tvdivpd %zmm1,%zmm0,%zmm2{%k1}",
    "    200c:\tidiv   %r10d",
]


def test_a_scalar_loop_has_integer_divisions_alone() -> None:
    found = count_divisions([*HEAD, *SCALAR])
    assert (found.packed_divisions, found.integer_divisions, found.packed_in) == (0, 2, {})
    assert found.not_measured is None


def test_packed_divisions_are_told_by_function() -> None:
    found = count_divisions([*HEAD, *SCALAR, "", *PACKED])
    assert (found.packed_divisions, found.integer_divisions) == (3, 3)
    assert found.packed_in == {"tuned_avx2": 3}


def test_of_a_stripped_program_the_section_is_named() -> None:
    assert count_divisions([*HEAD, "0000000000001000 <.text>:", *PACKED[1:]]).packed_in == {".text": 3}


def test_bytes_before_the_instruction_do_no_harm() -> None:
    found = count_divisions(["0000000000001000 <f>:", "    1000:\t66 0f 5e ca          \tdivpd  %xmm2,%xmm1"])
    assert found.packed_divisions == 1


def test_names_that_look_like_divisions_are_none() -> None:
    found = count_divisions(
        ["0000000000001000 <divpd>:", "    1000:\tcall   2000 <div >", "    1005:\tjmp    3000 <idiv %r10>"]
    )
    assert (found.packed_divisions, found.integer_divisions) == (0, 0)


def test_no_code_is_no_measurement() -> None:
    assert count_divisions(HEAD).not_measured == "objdump found no code"


def test_another_processor_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadgen.disassembly.platform.machine", lambda: "aarch64")
    assert disassemble(Path("/bin/true")).not_measured == "only x86_64 is read, this is aarch64"


def test_without_objdump_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadgen.disassembly.platform.machine", lambda: "x86_64")
    monkeypatch.setattr("loadgen.disassembly.shutil.which", lambda _: None)
    assert disassemble(Path("/bin/true")).not_measured == "objdump not found; install binutils"


def test_llvms_layout_and_encodings_in_braces_are_read() -> None:
    lines = [
        *HEAD,
        "0000000000002000 <f>:",
        "    2000:      \tdivps\t%xmm2, %xmm1",
        "    2004:\t{evex} vdivpd %ymm1,%ymm0,%ymm2",
    ]
    found = count_divisions([*lines, "    2008:      \tidivq\t%rcx", "    200b: f7 f9                        \tidivl\t%ecx"])
    assert (found.packed_divisions, found.integer_divisions) == (2, 2)


def test_an_artefact_of_another_processor_is_not_read() -> None:
    found = count_divisions(
        ["", "/x:     file format elf64-littleaarch64", "", "0000000000001000 <f>:", "    1000:\tudiv x0, x1, x2"]
    )
    assert (found.packed_divisions, found.not_measured) == (None, "only x86_64 is read, the artefact is elf64-littleaarch64")
