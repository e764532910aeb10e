# rtcscope::warnings: linked privately by every target of ours, so that no flag is global.
add_library(rtcscope_warnings INTERFACE)
add_library(rtcscope::warnings ALIAS rtcscope_warnings)
# -Wconversion is too noisy for C headers shared with the kernel; the other two exist for C++ only.
set_property(TARGET rtcscope_warnings PROPERTY INTERFACE_COMPILE_OPTIONS
  -Wall -Wextra -Wshadow
  "$<$<COMPILE_LANGUAGE:CXX>:-Wconversion;-Wnon-virtual-dtor;-Woverloaded-virtual>"
  "$<$<BOOL:${RTCSCOPE_WERROR}>:-Werror>")
