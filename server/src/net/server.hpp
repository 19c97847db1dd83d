#pragma once

#include "options.hpp"

namespace primebench {

/// Serves until SIGTERM or SIGINT, then responds to what is in flight. Returns the exit code.
/// Throws boost::system::system_error if the server cannot be started.
int serve(const Options& options);

}  // namespace primebench
