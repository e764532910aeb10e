// Writes the seed corpus of fuzz_batch to the folder that is named: what a probe sends.

#include <fstream>
#include <iostream>

#include "tests/unit/bus/samples.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make_seeds_batch FOLDER\n";
    return 2;
  }
  int number = 0;
  for (const std::string& batch : rtcscope::bus::samples::batches()) {
    std::ofstream(std::string(argv[1]) + "/batch" + std::to_string(number++), std::ios::binary) << batch;
  }
}
