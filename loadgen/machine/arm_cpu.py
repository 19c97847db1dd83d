"""Names of ARM processors by their main id register (MIDR_EL1), which has implementer, part, variant and revision. Pure.

The numbers are those of the Linux kernel (arch/arm64/include/asm/cputype.h) and of util-linux (lscpu-arm.c).
"""

IMPLEMENTERS = {
    0x41: "ARM",
    0x42: "Broadcom",
    0x43: "Cavium",
    0x46: "Fujitsu",
    0x48: "HiSilicon",
    0x4E: "NVIDIA",
    0x50: "APM",
    0x51: "Qualcomm",
    0x61: "Apple",
    0x6D: "Microsoft",
    0x70: "Phytium",
    0xC0: "Ampere",
}
PARTS = {
    (0x41, 0xC07): "Cortex-A7",
    (0x41, 0xC08): "Cortex-A8",
    (0x41, 0xC09): "Cortex-A9",
    (0x41, 0xC0F): "Cortex-A15",
    (0x41, 0xD03): "Cortex-A53",
    (0x41, 0xD04): "Cortex-A35",
    (0x41, 0xD05): "Cortex-A55",
    (0x41, 0xD07): "Cortex-A57",
    (0x41, 0xD08): "Cortex-A72",
    (0x41, 0xD09): "Cortex-A73",
    (0x41, 0xD0A): "Cortex-A75",
    (0x41, 0xD0B): "Cortex-A76",
    (0x41, 0xD0C): "Neoverse-N1",
    (0x41, 0xD0D): "Cortex-A77",
    (0x41, 0xD40): "Neoverse-V1",
    (0x41, 0xD41): "Cortex-A78",
    (0x41, 0xD42): "Cortex-A78AE",
    (0x41, 0xD44): "Cortex-X1",
    (0x41, 0xD46): "Cortex-A510",
    (0x41, 0xD47): "Cortex-A710",
    (0x41, 0xD48): "Cortex-X2",
    (0x41, 0xD49): "Neoverse-N2",
    (0x41, 0xD4A): "Neoverse-E1",
    (0x41, 0xD4B): "Cortex-A78C",
    (0x41, 0xD4D): "Cortex-A715",
    (0x41, 0xD4E): "Cortex-X3",
    (0x41, 0xD4F): "Neoverse-V2",
    (0x41, 0xD80): "Cortex-A520",
    (0x41, 0xD81): "Cortex-A720",
    (0x41, 0xD82): "Cortex-X4",
    (0x41, 0xD83): "Neoverse-V3AE",
    (0x41, 0xD84): "Neoverse-V3",
    (0x41, 0xD85): "Cortex-X925",
    (0x41, 0xD87): "Cortex-A725",
    (0x41, 0xD8E): "Neoverse-N3",
    (0x43, 0x0A1): "ThunderX",
    (0x43, 0x0AF): "ThunderX2",
    (0x46, 0x001): "A64FX",
    (0x48, 0xD01): "TaiShan-v110",
    (0x48, 0xD02): "TaiShan-v120",
    (0x4E, 0x004): "Carmel",
    (0x51, 0x001): "Oryon",
    (0x51, 0xC00): "Falkor",
    (0x61, 0x022): "Icestorm-M1",
    (0x61, 0x023): "Firestorm-M1",
    (0x61, 0x024): "Icestorm-M1-Pro",
    (0x61, 0x025): "Firestorm-M1-Pro",
    (0x61, 0x028): "Icestorm-M1-Max",
    (0x61, 0x029): "Firestorm-M1-Max",
    (0x61, 0x032): "Blizzard-M2",
    (0x61, 0x033): "Avalanche-M2",
    (0x61, 0x034): "Blizzard-M2-Pro",
    (0x61, 0x035): "Avalanche-M2-Pro",
    (0x61, 0x038): "Blizzard-M2-Max",
    (0x61, 0x039): "Avalanche-M2-Max",
    (0x6D, 0xD49): "Azure-Cobalt-100",
    (0x70, 0x662): "FTC662",
    (0x70, 0x663): "FTC663",
    (0xC0, 0xAC3): "Ampere-1",
    (0xC0, 0xAC4): "Ampere-1a",
    (0xC0, 0xAC5): "Ampere-1b",
}
LITTLE_CORES = frozenset(name for name in PARTS.values() if name.startswith(("Icestorm", "Blizzard"))) | {
    "Cortex-A7",
    "Cortex-A53",
    "Cortex-A35",
    "Cortex-A55",
    "Cortex-A510",
    "Cortex-A520",
}
"""The slower kind where a processor has two: for virtual machines that see kinds and no speeds."""

PRODUCTS = {
    ("Amazon EC2", "Cortex-A72"): "Graviton",
    ("Amazon EC2", "Neoverse-N1"): "Graviton 2",
    ("Amazon EC2", "Neoverse-V1"): "Graviton 3",
    ("Amazon EC2", "Neoverse-V2"): "Graviton 4",
    ("Amazon EC2", "Neoverse-V3"): "Graviton 5",
    ("Ampere", "Neoverse-N1"): "Altra",
    ("Ampere", "Ampere-1"): "AmpereOne",
    ("Ampere", "Ampere-1a"): "AmpereOne",
    ("Ampere", "Ampere-1b"): "AmpereOne",
    ("Google", "Neoverse-V2"): "Axion",
    ("NVIDIA", "Neoverse-V2"): "Grace",
}
"""(who makes or rents the machine, core) -> what the processor is sold as."""


def midr_of(implementer: int, variant: int, part: int, revision: int) -> int:
    """Return the register of these fields, as /proc/cpuinfo has them one by one."""
    return implementer << 24 | (variant & 0xF) << 20 | 0xF << 16 | (part & 0xFFF) << 4 | (revision & 0xF)


def arm_part_name(midr: int) -> str:
    """Return the name of the core; implementer and number where it has none here."""
    implementer, part = midr >> 24 & 0xFF, midr >> 4 & 0xFFF
    maker = IMPLEMENTERS.get(implementer, f"implementer {implementer:#04x}")
    return PARTS.get((implementer, part), f"{maker} part {part:#05x}")


def arm_model_name(midr: int, vendors: str) -> str:
    """Return name, stepping and product: "Neoverse-N1 r3p1 (Graviton 2)"; `vendors` are the firmware's names of its makers."""
    part = arm_part_name(midr)
    makers = [
        *(vendor for vendor, _ in PRODUCTS if vendor.casefold() in vendors.casefold()),
        IMPLEMENTERS.get(midr >> 24 & 0xFF),
    ]
    product = next((PRODUCTS[maker, part] for maker in makers if maker is not None and (maker, part) in PRODUCTS), None)
    name = f"{part} r{midr >> 20 & 0xF}p{midr & 0xF}"
    return name if product is None else f"{name} ({product})"
