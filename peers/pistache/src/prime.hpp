#pragma once

#include <cstdint>

/// The n-th prime, counted from 1, by trial division: every candidate from 2 up is divided by 2, 3, 4, ... up to its integer
/// square root, one at a time, until one divides. 32 bits hold the largest that a service may be asked for.
std::uint32_t nth_prime(std::uint32_t n);
