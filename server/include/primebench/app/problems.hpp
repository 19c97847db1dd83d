#pragma once

#include "primebench/http/problem.hpp"

namespace primebench::problems {

inline constexpr Problem malformed_json{400, "Bad Request", "the body is not well-formed JSON", ""};
inline constexpr Problem not_an_object{400, "Bad Request", "the body is not a JSON object", ""};
inline constexpr Problem not_found{404, "Not Found",
                                   "the paths are /calculate, /health, /plaintext, /json and /json/1 to /json/1000000", ""};
inline constexpr Problem only_post{405, "Method Not Allowed", "this path takes POST", "POST"};
inline constexpr Problem only_get{405, "Method Not Allowed", "this path takes GET and HEAD", "GET, HEAD"};
inline constexpr Problem not_json{415, "Unsupported Media Type", "the content type must be application/json", ""};
inline constexpr Problem n_missing{422, "Unprocessable Content", "the object has no key named n", ""};
inline constexpr Problem n_not_an_integer{422, "Unprocessable Content", "n must be an integer, without fraction or exponent",
                                          ""};
inline constexpr Problem n_out_of_range{422, "Unprocessable Content", "n must be from 1 to the server's max-n", ""};
inline constexpr Problem not_an_order{
    422, "Unprocessable Content", "an order has order, items with name, value and tags, and comment, each once and of its type",
    ""};

}  // namespace primebench::problems
