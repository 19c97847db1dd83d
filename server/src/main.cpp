#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <span>
#include <variant>

#include "net/options.hpp"
#include "net/server.hpp"

int main(int argc, char* argv[]) {
  try {
    const auto parsed = primebench::parse_options({argv, static_cast<std::size_t>(argc)});
    if (const auto* const end = std::get_if<primebench::EndAtOnce>(&parsed)) {
      (end->exit_code == EXIT_SUCCESS ? std::cout : std::cerr) << end->text << '\n';
      return end->exit_code;
    }
    return primebench::serve(std::get<primebench::Options>(parsed));
  } catch (const std::exception& error) {
    std::cerr << "primebench-cpp: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
