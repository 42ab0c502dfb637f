# otatool's update client as a component of the ESP8266_RTOS_SDK, for its make
# build. It compiles otatool's own sources, so it stays in otatool's tree.
OTATOOL := ../../../..
COMPONENT_ADD_INCLUDEDIRS := include $(OTATOOL)/include $(OTATOOL)/firmware
COMPONENT_SRCDIRS := . $(OTATOOL)/firmware/agent $(OTATOOL)/src/core
CFLAGS += -std=gnu11
