#pragma once

#include "primebench/http/problem.hpp"

namespace primebench::problems {

inline constexpr Problem malformed_json{400, "Bad Request", "the body is not well-formed JSON", ""};
inline constexpr Problem not_an_object{400, "Bad Request", "the body is not a JSON object", ""};
inline constexpr Problem not_found{404, "Not Found", "the paths are /calculate and /health", ""};
inline constexpr Problem only_post{405, "Method Not Allowed", "/calculate takes POST", "POST"};
inline constexpr Problem only_get{405, "Method Not Allowed", "/health takes GET and HEAD", "GET, HEAD"};
inline constexpr Problem not_json{415, "Unsupported Media Type", "the content type must be application/json", ""};
inline constexpr Problem n_missing{422, "Unprocessable Content", "the object has no key named n", ""};
inline constexpr Problem n_not_an_integer{422, "Unprocessable Content", "n must be an integer, without fraction or exponent",
                                          ""};
inline constexpr Problem n_out_of_range{422, "Unprocessable Content", "n must be from 1 to the server's max-n", ""};

}  // namespace primebench::problems
