#include <benchmark/benchmark.h>

#include <cstdlib>
#include <exception>
#include <iostream>

#include "verification.hpp"

/// Verifies every contender, then times them. A wrong answer is not worth timing: it ends the program with exit code 1.
int main(int argc, char* argv[]) {
  try {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
      return 2;
    }
    const auto faults = primebench::microbench::verify_all();
    for (const std::string& fault : faults) {
      std::cerr << "primebench-microbench: " << fault << '\n';
    }
    if (!faults.empty()) {
      return EXIT_FAILURE;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "primebench-microbench: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
