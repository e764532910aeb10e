# Kernel programs: clang compiles, llvm-strip drops the debug sections (BTF stays), bpftool writes a skeleton.
find_program(RTCSCOPE_BPF_CLANG NAMES clang-14 clang REQUIRED)
find_program(RTCSCOPE_BPF_STRIP NAMES llvm-strip-14 llvm-strip REQUIRED)
find_program(RTCSCOPE_BPFTOOL bpftool PATHS /usr/sbin /sbin REQUIRED)

# bpf_tracing.h reads registers by the name of the architecture.
set(rtcscope_bpf_arch_x86_64 x86)
set(rtcscope_bpf_arch_aarch64 arm64)

# rtcscope_bpf_skeleton(<target> <source.bpf.c>): compiles the source (a path below the calling folder) and
# lets `target` include its skeleton as "<folder>/<source>.skel.h", the path as in the source tree.
function(rtcscope_bpf_skeleton target source)
  cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE input)
  cmake_path(RELATIVE_PATH input BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE stem)
  string(REGEX REPLACE "\\.bpf\\.c$" "" stem ${stem})
  cmake_path(GET stem FILENAME name)
  set(root ${PROJECT_BINARY_DIR}/bpf)
  set(object ${root}/${stem}.bpf.o)
  set(skeleton ${root}/${stem}.skel.h)
  cmake_path(GET object PARENT_PATH folder)
  file(MAKE_DIRECTORY ${folder})
  # The triplet's folder holds asm/types.h; -mcpu=v3 has atomics that return a value (Linux 5.12).
  add_custom_command(OUTPUT ${object}
    COMMAND ${RTCSCOPE_BPF_CLANG} -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wshadow -Werror
      -D__TARGET_ARCH_${rtcscope_bpf_arch_${CMAKE_SYSTEM_PROCESSOR}}
      -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE} -I ${PROJECT_SOURCE_DIR}
      -MD -MF ${object}.d -MT ${object} -c ${input} -o ${object}
    COMMAND ${RTCSCOPE_BPF_STRIP} --strip-debug ${object}
    DEPENDS ${input} DEPFILE ${object}.d VERBATIM COMMENT "BPF object ${stem}")
  add_custom_command(OUTPUT ${skeleton}
    COMMAND ${RTCSCOPE_BPFTOOL} gen skeleton ${object} name ${name}_bpf > ${skeleton}
    DEPENDS ${object} VERBATIM COMMENT "BPF skeleton ${stem}")
  target_sources(${target} PRIVATE ${skeleton})
  target_include_directories(${target} SYSTEM PRIVATE ${root})
endfunction()
