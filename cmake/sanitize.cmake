# Sanitizers must reach every object of the program, so they alone are set for all targets.
if(RTCSCOPE_SANITIZE)
  add_compile_options(-fsanitize=${RTCSCOPE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${RTCSCOPE_SANITIZE})
endif()
if(RTCSCOPE_FUZZ)
  # fuzzer-no-link instruments the libraries; each fuzz target adds -fsanitize=fuzzer for its main().
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
