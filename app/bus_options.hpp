#pragma once
// The bus that the command line names, with the login that it names a file of.

#include <string>

#include "app/options.hpp"
#include "bus/io/bus_address.hpp"

namespace rtcscope::app {

/// Throws std::runtime_error, one line, when the login cannot be read or the address is none.
bus::BusPlace bus_place(const BusOptions& options);

/// What the bus and its probes have to say, to the log: a warning where it is trouble.
void log_line(bool trouble, const std::string& line);

}  // namespace rtcscope::app
