rtcscope_fuzz_target(fuzz_batch SOURCES fuzz_batch.cpp LINK rtcscope::bus rtcscope::correlator rtcscope::feeds)

# Writes the seeds of fuzz_batch: tests/fuzz/corpus/fuzz_batch.
add_executable(make_seeds_batch EXCLUDE_FROM_ALL make_seeds_batch.cpp)
target_include_directories(make_seeds_batch PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(make_seeds_batch PRIVATE rtcscope::bus rtcscope::warnings)
