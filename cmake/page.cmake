# yoke_page(TARGET FILE …): each FILE becomes a page in TARGET, compressed: scope.html is served as
# page_scope_html, which HTTP_PAGE(scope_html); declares.
find_package(Python3 COMPONENTS Interpreter QUIET)

function(yoke_page target)
  set(tool ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../tools/page)
  foreach(file IN LISTS ARGN)
    get_filename_component(path ${file} ABSOLUTE)
    get_filename_component(base ${file} NAME)
    string(MAKE_C_IDENTIFIER ${base} name)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/page_${name}.c)
    add_custom_command(
      OUTPUT ${source}
      COMMAND ${Python3_EXECUTABLE} ${tool} ${path} ${name} ${source}
      DEPENDS ${path} ${tool}
      VERBATIM)
    target_sources(${target} PRIVATE ${source})
  endforeach()
  target_link_libraries(${target} PRIVATE yoke_http)
endfunction()
