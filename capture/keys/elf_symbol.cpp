#include "capture/keys/elf_symbol.hpp"

#include <gelf.h>

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

std::optional<std::uint64_t> address_in(Elf* elf, Elf_Scn* section, const GElf_Shdr& header,
                                        std::string_view name) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return std::nullopt;
  const auto symbols = static_cast<int>(header.sh_size / header.sh_entsize);
  for (int i = 0; i < symbols; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, i, &symbol) == nullptr) return std::nullopt;
    if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF) continue;
    const char* found = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (found != nullptr && name == found) return symbol.st_value;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> address_of(Elf* elf, std::uint32_t table, std::string_view name) {
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(elf, section)) != nullptr) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != table) continue;
    if (const auto address = address_in(elf, section, header, name)) return address;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> function_offset(int fd, std::string_view name) {
  if (elf_version(EV_CURRENT) == EV_NONE) return std::nullopt;
  const std::unique_ptr<Elf, EndElf> elf(elf_begin(fd, ELF_C_READ_MMAP, nullptr));
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF) return std::nullopt;
  auto address = address_of(elf.get(), SHT_DYNSYM, name);
  if (!address) address = address_of(elf.get(), SHT_SYMTAB, name);
  return address ? file_offset(elf.get(), *address) : std::nullopt;
}

}  // namespace rtcscope
