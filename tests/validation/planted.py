"""A copy of this repository whose prime loop does a known share of its divisions once more."""

import shutil
import subprocess
from pathlib import Path

PRIME = Path("server", "src", "app", "prime.cpp")
DEFINITION = """std::uint32_t nth_prime(std::uint32_t n) noexcept {
  Uncounted count;
  return find_nth_prime(n, count);
}
"""
SLOWER = """/// Planted: at least %(share)s of the divisions once more, by the same loop.
void once_more(std::uint32_t n, std::uint32_t prime) noexcept {
  static thread_local std::uint32_t known = 0;
  static thread_local std::uint64_t calls = 0;
  if (n != known) {
    DivisionCount all;
    find_nth_prime(n, all);
    const std::uint64_t each = integer_square_root(prime) - 1;
    known = n;
    calls = each == 0 ? 0 : (all.divisions * %(per_million)dU / 1'000'000U + each - 1) / each;
  }
  volatile std::uint32_t again = prime;
  [[maybe_unused]] volatile bool found = false;
  Uncounted count;
  for (std::uint64_t call = 0; call < calls; ++call) {
    found = is_prime(again, count);
  }
}

std::uint32_t nth_prime_once(std::uint32_t n) noexcept {
  Uncounted count;
  return find_nth_prime(n, count);
}
"""
CALLER = """std::uint32_t nth_prime(std::uint32_t n) noexcept {
  const std::uint32_t prime = nth_prime_once(n);
  once_more(n, prime);
  return prime;
}
"""


def plant(tree: Path, share: float) -> None:
    """Make the prime loop of the checkout `tree` slower by `share` or a little more: it is rounded up to whole candidates."""
    source = tree / PRIME
    text = source.read_text(encoding="utf-8")
    if text.count(DEFINITION) != 1:
        raise ValueError(f"{source}: expected the definition of nth_prime once")
    slower = SLOWER % {"share": f"{share:.2%}", "per_million": round(share * 1e6)}
    inside, outside = text.split("}  // namespace\n\nstd::uint32_t nth_prime(", maxsplit=1)
    text = f"{inside}{slower}\n}}  // namespace\n\nstd::uint32_t nth_prime({outside}".replace(DEFINITION, CALLER)
    source.write_text(text, encoding="utf-8")


def copied(checkout: Path, target: Path) -> Path:
    """The tracked and new files of `checkout` in the folder `target`, without its history."""
    listed = subprocess.run(
        ["git", "-C", str(checkout), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (checkout / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(checkout / name, target / name)
    return target
