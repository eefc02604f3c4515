option(BATON_TESTS "build the tests" ON)
option(BATON_BENCH "build bench/" OFF)
option(BATON_FUZZ "build the libFuzzer targets (clang)" OFF)
set(BATON_SANITIZE "" CACHE STRING "address;undefined or thread")
set(BATON_SCALE "" CACHE STRING "how many times as long tests loop (script/release-check)")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Werror
                    -Wno-missing-field-initializers  # {.kind = x} leaves the rest at its declared default on purpose
                    -ffp-contract=off -fno-omit-frame-pointer -pthread)
add_link_options(-pthread)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # All are wrong about std::string and std::variant in g++ 12 (PR105651, PR105562, PR105329); clang and the sanitizers look.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow
                      -Wno-stringop-overread)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12 uses its own deprecated get_temporary_buffer inside std::stable_sort.
  add_compile_options(-Wno-deprecated-declarations)
endif()
# No folder of the building machine in a binary.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

foreach(sanitizer IN LISTS BATON_SANITIZE)
  add_compile_options(-fsanitize=${sanitizer} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${sanitizer})
endforeach()
if(BATON_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_ctime,include_file_mtime ${CCACHE})
endif()
# Folding makes many small pieces of memory: this allocator takes a quarter off the processor time of intake, and half off
# its memory. The sanitizers bring their own.
add_library(baton_allocator INTERFACE)
if(NOT BATON_SANITIZE)
  find_package(mimalloc REQUIRED)
  target_link_libraries(baton_allocator INTERFACE mimalloc)
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
