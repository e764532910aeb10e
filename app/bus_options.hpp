#pragma once
// The bus that the command line names, with the login that it names a file of.

#include "app/options.hpp"
#include "bus/io/bus_address.hpp"

namespace rtcscope::app {

/// Throws std::runtime_error, one line, when the login cannot be read or the address is none.
bus::BusPlace bus_place(const BusOptions& options);

}  // namespace rtcscope::app
