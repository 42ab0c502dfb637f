# The device side: firmware/, with the chip's compiler, into the folder where
# programs look for its images, as built and as installed.
include(ExternalProject)
find_program(LX106_GCC xtensa-lx106-elf-gcc)
set(OTATOOL_IMAGES ${PROJECT_BINARY_DIR}/share/otatool/firmware)
set(OTATOOL_THIRD_PARTY ${PROJECT_SOURCE_DIR}/build/third-party
    CACHE PATH "Folder with the sources of lwip and bearssl; see ./dev")

add_executable(elf_to_image ${PROJECT_SOURCE_DIR}/firmware/elf_to_image.c)
target_compile_definitions(elf_to_image PRIVATE _GNU_SOURCE)
target_link_libraries(elf_to_image PRIVATE ota_warnings ota_host)

# third_party(VARIABLE NAME): where the source of NAME was unpacked.
function(third_party variable name)
    file(GLOB folders ${OTATOOL_THIRD_PARTY}/${name}-*/src)
    if(NOT folders)
        message(STATUS "${name} is not in ${OTATOOL_THIRD_PARTY}: "
                       "no programs with a network for the device side")
        return()
    endif()
    list(GET folders 0 folder)
    cmake_path(GET folder PARENT_PATH folder)
    set(${variable} ${folder} PARENT_SCOPE)
endfunction()

if(NOT LX106_GCC)
    message(STATUS "xtensa-lx106-elf-gcc is not there: no device side")
    return()
endif()

third_party(lwip lwip)
third_party(bearssl bearssl)
ExternalProject_Add(chip
    SOURCE_DIR ${PROJECT_SOURCE_DIR}/firmware
    BINARY_DIR ${PROJECT_BINARY_DIR}/chip
    CMAKE_ARGS
        -DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/firmware/lx106.cmake
        -DELF_TO_IMAGE=$<TARGET_FILE:elf_to_image>
        -DOTATOOL_WERROR=${OTATOOL_WERROR}
        -DOTATOOL_IMAGES=${OTATOOL_IMAGES}
        -DOTATOOL_EMULATOR_TESTS=${BUILD_TESTING}
        -DLWIP_SOURCE=${lwip} -DBEARSSL_SOURCE=${bearssl}
    BUILD_COMMAND ${CMAKE_COMMAND} --build <BINARY_DIR> -- --quiet
    BUILD_ALWAYS ON
    INSTALL_COMMAND "")
ExternalProject_Add_StepDependencies(chip configure elf_to_image)
install(DIRECTORY ${OTATOOL_IMAGES}/
        DESTINATION ${CMAKE_INSTALL_DATADIR}/otatool/firmware
        PATTERN rom_probe.bin EXCLUDE)
