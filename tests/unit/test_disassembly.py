from pathlib import Path

import pytest

from loadgen.build.disassembly import count_instructions, disassemble
from loadgen.task.prime.task import DIVISIONS
from loadgen.task.work import Disassembly

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

# Recorded: aarch64-linux-gnu-objdump 2.40 of what g++ 12.2 -O3 made.
AARCH64_HEAD = ["", "prime_tuned_neon.cpp.o:     file format elf64-littleaarch64", "", "Disassembly of section .text:", ""]
NEON = [
    "0000000000000000 <primebench::TunedSearch<primebench::neon::(anonymous namespace)::Kernel>::is_prime(unsigned int)>:",
    "  20:\tudiv\tw1, w2, w0",
    " 190:\tfdiv\tv1.2d, v7.2d, v0.2d",
    " 294:\tudiv\tw0, w4, w0",
    "0000000000000000 <primebench::TunedSearch<primebench::neon::(anonymous namespace)::Kernel>::nth_prime(unsigned int)>:",
    "  34:\tudiv\tw2, w0, w1",
    " 1b0:\tfdiv\tv3.2d, v4.2d, v0.2d",
    " 32c:\tudiv\tw1, w7, w1",
    "0000000000000000 <primebench::neon::nth_prime(unsigned int)>:",
]
AARCH64_SCALAR = [
    "000000000000d2c0 <_GLOBAL__sub_I_prime_divisors.cpp>:",
    "    d304:\tcbz\tx3, d318 <_GLOBAL__sub_I_prime_divisors.cpp+0x58>",
    "   2dcd8:\tudiv\tx3, x2, x4",
    "   42fb4:\tsdiv\tw2, w2, w6",
    "   42fcc:\tudiv\tw2, w2, w6",
    "   72060:\tfdiv\td8, d0, d1",
    "     60:\tfdiv\ts0, s0, s1",
]
SVE = [
    "0000000000000000 <f>:",
    "  38:\tfdiv\tz0.s, p1/m, z0.s, z1.s",
    "  60:\tfdiv\ts0, s0, s1",
    "  b8:\tsdiv\tz0.s, p1/m, z0.s, z1.s",
    "  e0:\tsdiv\tw4, w4, w5",
    " 170:\tfdiv\tz0.d, p1/m, z0.d, z1.d",
]


def count(lines: list[str]) -> Disassembly:
    return count_instructions(lines, DIVISIONS)


def test_a_scalar_loop_has_scalar_alone() -> None:
    found = count([*HEAD, *SCALAR])
    assert (found.packed, found.scalar, found.packed_in) == (0, 2, {})
    assert found.not_measured is None


def test_packed_are_told_by_function() -> None:
    found = count([*HEAD, *SCALAR, "", *PACKED])
    assert (found.packed, found.scalar) == (3, 3)
    assert found.packed_in == {"tuned_avx2": 3}


def test_of_a_stripped_program_the_section_is_named() -> None:
    assert count([*HEAD, "0000000000001000 <.text>:", *PACKED[1:]]).packed_in == {".text": 3}


def test_bytes_before_the_instruction_do_no_harm() -> None:
    found = count([*HEAD, "0000000000001000 <f>:", "    1000:\t66 0f 5e ca          \tdivpd  %xmm2,%xmm1"])
    assert found.packed == 1
    found = count(
        [
            *AARCH64_HEAD,
            "0000000000001000 <f>:",
            "   72060:\t1e611808 \tfdiv\td8, d0, d1",
            "   72064:\t6e60fc21 \tfdiv\tv1.2d, v1.2d, v0.2d",
        ]
    )
    assert found.packed == 1


def test_names_that_look_like_divisions_are_none() -> None:
    found = count([*HEAD, "0000000000001000 <divpd>:", "    1000:\tcall   2000 <div >", "    1005:\tjmp    3000 <idiv %r10>"])
    assert (found.packed, found.scalar) == (0, 0)


def test_no_code_is_no_measurement() -> None:
    assert count(HEAD).not_measured == "objdump found no code"


def test_neon_divides_packed_numbers_and_single_integers() -> None:
    found = count([*AARCH64_HEAD, *NEON])
    assert (found.packed, found.scalar) == (2, 4)
    assert found.packed_in == {
        "primebench::TunedSearch<primebench::neon::(anonymous namespace)::Kernel>::is_prime(unsigned int)": 1,
        "primebench::TunedSearch<primebench::neon::(anonymous namespace)::Kernel>::nth_prime(unsigned int)": 1,
    }


def test_a_scalar_loop_of_aarch64_has_scalar_alone() -> None:
    found = count([*AARCH64_HEAD, *AARCH64_SCALAR])
    assert (found.packed, found.scalar) == (0, 3)


def test_sve_divides_packed_integers_too() -> None:
    found = count([*AARCH64_HEAD, *SVE])
    assert (found.packed, found.scalar) == (3, 1)


@pytest.mark.parametrize("name", ["elf64-powerpcle", "elf32-littlearm", "elf64-bigaarch64"])
def test_what_is_built_for_another_processor_is_not_read_as_if_it_were_for_this_one(name: str) -> None:
    found = count(["", f"/x:     file format {name}", "", "0000000000001000 <f>:", "    1000:\tudiv\tr0, r1, r2"])
    assert found.not_measured == f"{name} is not read, only elf64-x86-64 and elf64-littleaarch64"


def test_without_objdump_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadgen.build.disassembly.shutil.which", lambda _: None)
    assert disassemble(Path("/bin/true"), DIVISIONS).not_measured == "objdump not found; install binutils"


def test_llvms_layout_and_encodings_in_braces_are_read() -> None:
    lines = [
        *HEAD,
        "0000000000002000 <f>:",
        "    2000:      \tdivps\t%xmm2, %xmm1",
        "    2004:\t{evex} vdivpd %ymm1,%ymm0,%ymm2",
    ]
    found = count([*lines, "    2008:      \tidivq\t%rcx", "    200b: f7 f9                        \tidivl\t%ecx"])
    assert (found.packed, found.scalar) == (2, 2)
