#include "capture/keys/elf_symbol.hpp"

#include <gelf.h>

#include <algorithm>
#include <cstddef>
#include <memory>

namespace rtcscope {
namespace {

struct EndElf {
  void operator()(Elf* elf) const noexcept { elf_end(elf); }
};

/// A symbol's value is an address; probes want the octet of the file that is loaded there.
std::optional<std::uint64_t> file_offset(Elf* elf, std::uint64_t address) {
  std::size_t headers = 0;
  if (elf_getphdrnum(elf, &headers) != 0) return std::nullopt;
  for (std::size_t i = 0; i < headers; ++i) {
    GElf_Phdr header;
    if (gelf_getphdr(elf, static_cast<int>(i), &header) == nullptr) return std::nullopt;
    const bool code = header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0;
    if (code && address >= header.p_vaddr && address - header.p_vaddr < header.p_filesz) {
      return address - header.p_vaddr + header.p_offset;
    }
  }
  return std::nullopt;
}

using Addresses = std::vector<std::optional<std::uint64_t>>;

bool all_known(const Addresses& addresses) {
  return std::ranges::all_of(addresses, [](const auto& address) { return address.has_value(); });
}

/// Fills in what the section's symbols know; addresses that are known stay.
void find_in(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, std::span<const std::string_view> names,
             Addresses& addresses) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return;
  const auto symbols = static_cast<int>(header.sh_size / header.sh_entsize);
  for (int i = 0; i < symbols && !all_known(addresses); ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, i, &symbol) == nullptr) return;
    if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF) continue;
    const char* found = elf_strptr(elf, header.sh_link, symbol.st_name);
    const auto name = found == nullptr ? names.end() : std::ranges::find(names, std::string_view(found));
    if (name == names.end()) continue;
    auto& address = addresses[static_cast<std::size_t>(name - names.begin())];
    if (!address) address = symbol.st_value;
  }
}

void find_in_tables(Elf* elf, std::uint32_t table, std::span<const std::string_view> names,
                    Addresses& addresses) {
  Elf_Scn* section = nullptr;
  while (!all_known(addresses) && (section = elf_nextscn(elf, section)) != nullptr) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != table) continue;
    find_in(elf, section, header, names, addresses);
  }
}

}  // namespace

std::optional<std::uint64_t> function_offset(int fd, std::string_view name) {
  return function_offsets(fd, std::span(&name, 1)).front();
}

std::vector<std::optional<std::uint64_t>> function_offsets(int fd, std::span<const std::string_view> names) {
  Addresses found(names.size());
  if (elf_version(EV_CURRENT) == EV_NONE) return found;
  const std::unique_ptr<Elf, EndElf> elf(elf_begin(fd, ELF_C_READ_MMAP, nullptr));
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF) return found;
  find_in_tables(elf.get(), SHT_DYNSYM, names, found);
  find_in_tables(elf.get(), SHT_SYMTAB, names, found);
  for (auto& place : found) {
    if (place) place = file_offset(elf.get(), *place);
  }
  return found;
}

}  // namespace rtcscope
