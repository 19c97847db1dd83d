"""What the processor and the machine are called: by /proc/cpuinfo, the firmware's tables and the device tree."""

import platform
from pathlib import Path

from loadgen.machine.arm_cpu import arm_model_name
from loadgen.machine.cpu_info import cpu_info_fields, processors
from loadgen.system.kernel_file import text_of

NAME_KEYS = ("model name", "cpu model", "cpu", "uarch")
"""x86 and LoongArch, MIPS, POWER and SPARC, RISC-V."""
NO_NAMES = {"", "unknown", "none", "default string", "to be filled by o.e.m.", "system product name", "not specified"}
UNNAMED = "unnamed"
"""A virtual machine whose firmware does not say what it is."""
VIRTUAL = ("KVM", "QEMU", "VMware", "VirtualBox", "Parallels", "Xen", "Bochs", "Virtual Machine", "Virtualization", "OpenStack")
RENTED = {
    "Amazon EC2": ".metal",
    "Google": "-metal",
    "Alibaba Cloud": "ebm",
    "DigitalOcean": "",
    "Hetzner": "",
    "Tencent Cloud": "",
}
"""Makers by the firmware whose machines are virtual, unless the product has this in its name."""


def cpu_model(root: Path = Path("/")) -> str:
    """Return the processor's name; the architecture's where nothing better is known."""
    vendors = " ".join(filter(None, (_vendor(root), _product(root), text_of(root / "sys/devices/soc0/family"))))
    if "jep106:0a16" in (text_of(root / "sys/devices/soc0/soc_id") or ""):  # JEDEC's number of Ampere Computing
        vendors += " Ampere"
    midrs = sorted({processor.midr for processor in processors(root) if processor.midr is not None}, reverse=True)
    if midrs:
        return " + ".join(dict.fromkeys(arm_model_name(midr, vendors) for midr in midrs))
    fields = cpu_info_fields(root)
    for key in NAME_KEYS:
        name = " ".join(fields.get(key, "").partition(", altivec")[0].split())
        if name.lower() not in NO_NAMES and not name.isdecimal():
            return name
    mainframe = fields.get("processor 0", "").rpartition("machine = ")[2]
    if "vendor_id" in fields and mainframe:  # "version = FF,  identification = 0D1F3C,  machine = 8561"
        return f"{fields['vendor_id']} {mainframe}"
    return cpu_id(root) or platform.machine()


def cpu_id(root: Path = Path("/")) -> str | None:
    """Return the processor by numbers: clouds give several generations one name ("AMD EPYC")."""
    fields = cpu_info_fields(root)
    parts = [f"{key.removeprefix('cpu ')} {fields[key]}" for key in ("cpu family", "model", "stepping") if key in fields]
    if "vendor_id" in fields and len(parts) == 3:
        return " ".join([fields["vendor_id"], *parts])
    midrs = sorted({processor.midr for processor in processors(root) if processor.midr is not None}, reverse=True)
    return " + ".join(f"{midr:#010x}" for midr in midrs) or fields.get("revision" if "cpu" in fields else "marchid")


def microcode(root: Path = Path("/")) -> str | None:
    """Return the version of the microcode; None where there is none, or a hypervisor hides it behind the largest number."""
    version = cpu_info_fields(root).get("microcode")
    return None if version in (None, "0xffffffff", "0x1") else version


def board(root: Path = Path("/")) -> str | None:
    """Return the computer's name by the device tree, "Raspberry Pi 4 Model B Rev 1.4": not its processor's."""
    named = text_of(root / "proc/device-tree/model") or cpu_info_fields(root).get("model", "")
    return None if named.isdecimal() or named.lower() in NO_NAMES else named


def product(root: Path = Path("/")) -> str | None:
    """Return the machine's name by its firmware: of a virtual machine in a cloud often its type, "c7g.large"."""
    named = _product(root)
    return None if named is None or named.lower() in NO_NAMES else named


def hypervisor(root: Path = Path("/")) -> str | None:
    """Return who runs this virtual machine, UNNAMED if that is not told; None if it is none, as far as the kernel tells."""
    release = text_of(root / "proc/sys/kernel/osrelease") or ""
    if "microsoft" in release.lower():
        return "Microsoft (WSL)"
    vendor, product_name = _vendor(root) or "", _product(root) or ""
    fields = cpu_info_fields(root)
    if "hypervisor" in fields.get("flags", "").split():
        return vendor or UNNAMED
    if "flags" in fields:  # x86 says it there
        return None
    bare = next((mark for maker, mark in RENTED.items() if maker in vendor), None)
    if bare is not None and not (bare and bare in product_name):
        return vendor
    if any(name in f"{vendor} {product_name}" for name in VIRTUAL):
        return vendor or product_name
    return _told_by_other_means(root, fields.get("machine", ""))


def _told_by_other_means(root: Path, machine: str) -> str | None:
    """Return what device tree, mainframe and POWER say."""
    compatible = text_of(root / "proc/device-tree/hypervisor/compatible") or text_of(root / "sys/hypervisor/type")
    if compatible:
        return compatible.replace("\0", " ")
    if "dummy-virt" in (text_of(root / "proc/device-tree/compatible") or ""):
        return "QEMU"
    for line in (text_of(root / "proc/sysinfo") or "").splitlines():
        key, _, value = line.partition(":")
        if key == "VM00 Control Program":
            return " ".join(value.split())
    return ("QEMU" if "qemu" in machine else "PowerVM") if "pSeries" in machine else None


def _vendor(root: Path) -> str | None:
    return text_of(root / "sys/class/dmi/id/sys_vendor")


def _product(root: Path) -> str | None:
    return text_of(root / "sys/class/dmi/id/product_name")
