#include "capture/keys/elf_symbol.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <string>

#include "base/owned_fd.hpp"

// Not inlined and not removed: a function of this executable whose place the test knows.
extern "C" __attribute__((noinline, used)) int rtcscope_elf_symbol_probe(int value) {
  return value * 3 + 1;
}

namespace rtcscope {
namespace {

OwnedFd own_executable() {
  return OwnedFd(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
}

OwnedFd memory_file(const std::string& content) {
  OwnedFd fd(memfd_create("elf", MFD_CLOEXEC));
  EXPECT_EQ(write(fd.value(), content.data(), content.size()), static_cast<ssize_t>(content.size()));
  return fd;
}

TEST(ElfSymbol, TheOffsetIsThatOfTheFunctionsFirstOctets) {
  const OwnedFd file = own_executable();
  const auto offset = function_offset(file.value(), "rtcscope_elf_symbol_probe");
  ASSERT_TRUE(offset);
  std::array<char, 8> in_file{};
  ASSERT_EQ(pread(file.value(), in_file.data(), in_file.size(), static_cast<off_t>(*offset)), 8);
  const auto* in_memory = reinterpret_cast<const char*>(&rtcscope_elf_symbol_probe);
  EXPECT_EQ(std::string(in_file.data(), 8), std::string(in_memory, 8));
}

TEST(ElfSymbol, WhatIsOnlyUsedOrUnknownHasNoPlace) {
  const OwnedFd file = own_executable();
  EXPECT_FALSE(function_offset(file.value(), "pread"));
  EXPECT_FALSE(function_offset(file.value(), "no_such_function"));
  EXPECT_FALSE(function_offset(file.value(), ""));
}

TEST(ElfSymbol, WhatIsNoElfFileHasNone) {
  EXPECT_FALSE(function_offset(memory_file("").value(), "main"));
  EXPECT_FALSE(function_offset(memory_file("!<arch>\n").value(), "main"));
  EXPECT_FALSE(function_offset(memory_file("\x7f"
                                           "ELF")
                                   .value(),
                               "main"));
}

TEST(ElfSymbol, ACutFileDoesNoHarm) {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  for (std::size_t size = 16; size < whole.size(); size = size * 5 / 4) {
    const auto offset =
        function_offset(memory_file(whole.substr(0, size)).value(), "rtcscope_elf_symbol_probe");
    EXPECT_LT(offset.value_or(0), whole.size());
  }
}

}  // namespace
}  // namespace rtcscope
