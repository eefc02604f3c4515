# Files inside the program, so that one binary works from any folder: a generated source in the build folder, made again
# when one of the files changes. baton_embed(layer FILES…) needs src/<layer>/embedded.h, which declares
# baton::<layer>::embedded().
function(baton_embed layer)
  set(output ${CMAKE_BINARY_DIR}/generated/${layer}_embedded.cpp)
  get_target_property(type baton_${layer} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    return()
  endif()
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${CMAKE_SOURCE_DIR} "-DFILES=${ARGN}" -DLAYER=${layer} -DOUTPUT=${output}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} VERBATIM)
  target_sources(baton_${layer} PRIVATE ${output})
endfunction()

file(GLOB shipped CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
     ${CMAKE_SOURCE_DIR}/playbooks/*.yaml ${CMAKE_SOURCE_DIR}/formats/*.yaml
     ${CMAKE_SOURCE_DIR}/examples/*/*.yaml)
baton_embed(cli ${shipped})

file(GLOB page CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/src/http/page/*)
baton_embed(http docs/openapi.yaml ${page})
if(NOT baton_cli_type STREQUAL "INTERFACE_LIBRARY")
  target_compile_definitions(baton_cli PRIVATE BATON_VERSION="${PROJECT_VERSION}")
endif()
