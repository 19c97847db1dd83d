// Boost.JSON itself, compiled here once: Debian's package of Boost's headers does not have its library.

#include <boost/json/src.hpp>
