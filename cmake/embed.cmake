# The shipped playbooks and examples inside the program, so that one binary works from any folder: a generated source
# in the build folder, made again when one of the files changes.
file(GLOB baton_embedded CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
     ${CMAKE_SOURCE_DIR}/playbooks/*.yaml ${CMAKE_SOURCE_DIR}/examples/*/*.yaml)
set(baton_embedded_cpp ${CMAKE_BINARY_DIR}/generated/embedded.cpp)
add_custom_command(
  OUTPUT ${baton_embedded_cpp}
  COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${CMAKE_SOURCE_DIR} "-DFILES=${baton_embedded}" -DOUTPUT=${baton_embedded_cpp}
          -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
  DEPENDS ${baton_embedded} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} VERBATIM)
get_target_property(baton_cli_type baton_cli TYPE)
if(NOT baton_cli_type STREQUAL "INTERFACE_LIBRARY")
  target_sources(baton_cli PRIVATE ${baton_embedded_cpp})
endif()
