#pragma once

#include <chrono>
#include <string>

/// A duration as Go prints a time.Duration: `0s`, `417ns`, `1.5µs`, `4.812345ms`, `1.204s`.
std::string go_duration(std::chrono::nanoseconds duration);
