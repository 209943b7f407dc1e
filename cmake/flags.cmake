# How every source file of ours is compiled. Third-party code never sees these flags.
add_library(yoke_flags INTERFACE)
target_compile_features(yoke_flags INTERFACE c_std_11)
target_compile_options(
  yoke_flags
  INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wmissing-prototypes -Werror
            $<$<C_COMPILER_ID:GNU>:-Wjump-misses-init>)
if(YOKE_SANITIZE)
  target_compile_options(yoke_flags INTERFACE -fsanitize=${YOKE_SANITIZE} -g
                                              -fno-omit-frame-pointer)
  target_link_options(yoke_flags INTERFACE -fsanitize=${YOKE_SANITIZE})
  if(YOKE_SANITIZE MATCHES undefined)
    target_compile_options(yoke_flags INTERFACE -fno-sanitize-recover=all)
  endif()
  if(YOKE_SANITIZE MATCHES thread AND CMAKE_C_COMPILER_ID STREQUAL GNU)
    target_compile_options(yoke_flags INTERFACE -Wno-tsan) # fences order nothing it looks at
  endif()
endif()

# One library of ours: a folder with include/yoke/, and the sources beside.
function(yoke_library name)
  add_library(${name} STATIC ${ARGN})
  target_include_directories(${name} PUBLIC include)
  target_link_libraries(${name} PRIVATE yoke_flags)
endfunction()
