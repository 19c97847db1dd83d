#include "primebench/http/problem.hpp"

namespace primebench {

void append_problem_body(std::string& out, const Problem& problem) {
  out.append(R"({"title":")").append(problem.title);
  out.append(R"(","status":)").append(std::to_string(problem.status));
  out.append(R"(,"detail":")").append(problem.detail).append(R"("})");
}

}  // namespace primebench
