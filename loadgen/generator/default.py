"""The generator that runs use."""

from loadgen.generator.generator import Generator
from loadgen.generator.oha import Oha

GENERATOR: Generator = Oha()
