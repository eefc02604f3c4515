# The usual headers of the standard library are read once, not once a file. Each file includes what it uses all the same
# (tools/tidy looks).
file(WRITE ${CMAKE_BINARY_DIR}/generated/usual_headers.cpp "")
add_library(baton_headers OBJECT ${CMAKE_BINARY_DIR}/generated/usual_headers.cpp)
target_precompile_headers(baton_headers PRIVATE <algorithm> <array> <chrono> <expected> <functional> <map> <memory>
                          <optional> <set> <span> <string> <string_view> <unordered_map> <variant> <vector>)

# baton_layer(name DIR dir LINK libs…): every .cpp below dir as the static library baton_<name>.
# A layer whose folder holds no source yet is an interface library, so that the table above stays whole.
function(baton_layer name)
  cmake_parse_arguments(LAYER "" "DIR" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${LAYER_DIR}/*.cpp)
  if(sources)
    add_library(baton_${name} STATIC ${sources})
    target_include_directories(baton_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(baton_${name} PUBLIC ${LAYER_LINK})
    target_precompile_headers(baton_${name} REUSE_FROM baton_headers)
  else()
    add_library(baton_${name} INTERFACE)
    target_include_directories(baton_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(baton_${name} INTERFACE ${LAYER_LINK})
  endif()
endfunction()

# baton_test(area LINK libs… [TIMEOUT seconds]): every .cpp in the calling folder as the program test_<area>.
# Its cases are written to <build>/results/<area>.json, which script/count_tests adds up. Areas that reach the
# layers with threads carry the label `threads`; the thread sanitizer builds and runs only those.
function(baton_test area)
  cmake_parse_arguments(TEST "" "TIMEOUT" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(threads OFF)
  if("${TEST_LINK}" MATCHES "baton_(app|storage|http|cli|connectors)")
    set(threads ON)
  endif()
  if(NOT sources OR (BATON_SANITIZE STREQUAL "thread" AND NOT threads))
    return()
  endif()
  add_executable(test_${area} ${sources})
  target_include_directories(test_${area} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(test_${area} PRIVATE ${TEST_LINK} GTest::gtest_main)
  target_compile_definitions(test_${area} PRIVATE BATON_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_precompile_headers(test_${area} REUSE_FROM test_headers)
  target_compile_options(test_${area} PRIVATE -Wno-dangling-else)  # if (x) EXPECT_EQ(…): its macro keeps the else apart
  add_test(NAME ${area} COMMAND test_${area})
  baton_test_settings(${area} ${TEST_TIMEOUT})
  if(threads)
    set_tests_properties(${area} PROPERTIES LABELS threads)
  endif()
endfunction()

# baton_test_settings(name [seconds]): what every ctest entry has; call it after a plain add_test() of a program that
# is not GoogleTest. Such a program counts as one case unless it writes the file named by GTEST_OUTPUT itself.
function(baton_test_settings name)
  set(seconds 900)
  if(ARGC GREATER 1)
    set(seconds ${ARGV1})
  endif()
  set(environment "GTEST_OUTPUT=json:${CMAKE_BINARY_DIR}/results/${name}.json")
  if(BATON_SCALE)
    if(BATON_SCALE MATCHES "^[0-9]+$")  # a part of the loops takes no longer than all of them
      math(EXPR seconds "${seconds} * ${BATON_SCALE}")
    endif()
    list(APPEND environment "BATON_SCALE=${BATON_SCALE}")
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${seconds} ENVIRONMENT "${environment}")
endfunction()

# baton_fuzz(name LINK libs… [SOURCES files…]): <name>.cpp in the calling folder as the libFuzzer program fuzz_<name>; its
# seeds, if any, are the files in corpus/<name>/ beside it. SOURCES, below src/, are those of a layer of which it needs no more.
function(baton_fuzz name)
  cmake_parse_arguments(FUZZ "" "" "LINK;SOURCES" ${ARGN})
  list(TRANSFORM FUZZ_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/src/)
  add_executable(fuzz_${name} ${name}.cpp ${FUZZ_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE ${FUZZ_LINK})
  target_compile_definitions(fuzz_${name} PRIVATE BATON_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()
