#pragma once
// The bus that the command line names, with the login that it names a file of.

#include <cstdint>
#include <string>

#include "app/options.hpp"
#include "bus/io/bus_address.hpp"

namespace rtcscope::app {

struct BusPlace {
  bus::BusAddress address;
  std::string user, password;  // "" = the broker's guest
  std::string ca_file;         // PEM; "" = the system's certificates
  std::uint64_t queue_bytes = 0;
};

/// Throws std::runtime_error, one line, when the login cannot be read or the address is none.
BusPlace bus_place(const BusOptions& options);

}  // namespace rtcscope::app
