/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ROM's addresses and the functions behind them, one row each. Addresses
 * without a row hold zeros, which stop a program that calls them.
 *
 * A row becomes a jump at the address itself to a farther jump behind the
 * ROM: there are as few as 8 bytes from one entry to the next, and the
 * functions lie where no short jump reaches.
 * (addresses: the SDKs' eagle.rom.addr.v6.ld, esp8266.rom.ld and
 * esp8266.bootloader.rom.ld)
 */
    .begin no-transform

/* The last operation keeps the register it goes through, for a vector. */
.macro far_jump address, function, register
    .section .entries, "ax"
    .org \address - 0x40000000
    j .Lfar_\@
    .section .far, "ax"
    .align 4
.Lfunction_\@:
    .word \function
.Lfar_\@:
    .ifc \register, a0
    wsr a0, excsave1
    .endif
    l32r \register, .Lfunction_\@
    jx \register
.endm

.macro vector address, function
    far_jump \address, \function, a0
.endm

.macro constant address, value
    .section .entries, "ax"
    .org \address - 0x40000000
    .word \value
.endm

/* a8 is free for use between a caller and a function. */
.macro entry address, function
    far_jump \address, \function, a8
.endm

    vector 0x40000010, start_debug
    vector 0x40000030, start_exception          /* in the kernel's mode */
    vector 0x40000050, start_exception
    vector 0x40000070, start_double_exception
    entry 0x40000080, rom_software_reboot
    entry 0x400000a4, rom_software_reboot
    entry 0x400000c0, rom_software_reboot       /* boot 1.2 restarts so */
    entry 0x40000650, __muldi3
    entry 0x40000f74, entry_does_nothing        /* ets_intr_lock */
    entry 0x40000f80, entry_does_nothing        /* ets_intr_unlock */
    entry 0x40000f88, ets_isr_attach
    entry 0x40000f98, ets_isr_mask
    entry 0x40000fa8, ets_isr_unmask
    entry 0x40000fbc, ets_set_user_start
    constant 0x40001000, 0xfff0c101             /* tells tools the chip */
    entry 0x400010a8, start_from_flash          /* in the ROM's main() */
    entry 0x40001100, start_returned            /* where programs return */
    entry 0x400018a4, memset
    entry 0x400018b4, memcpy
    entry 0x400018c4, memmove
    entry 0x400018d4, memcmp
    entry 0x40001da0, ets_write_char
    entry 0x40001f00, ets_io_vprintf
    entry 0x4000242c, ets_install_putc1
    entry 0x40002438, entry_does_nothing        /* ets_install_uart_printf */
    entry 0x400024cc, ets_printf
    entry 0x40002544, ets_printf                /* ets_uart_printf */
    entry 0x400025e0, rtc_get_reset_reason
    entry 0x4000264c, software_reset
    entry 0x40002a88, strcpy
    entry 0x40002a98, strncpy
    entry 0x40002aa8, strcmp
    entry 0x40002ab8, strncmp
    entry 0x40002ac8, strlen
    entry 0x40002ad8, strstr
    entry 0x40002ae8, bzero
    entry 0x40002be8, uart_tx_one_char          /* ets_putc */
    entry 0x40002ecc, ets_delay_us
    entry 0x40002f04, entry_does_nothing        /* ets_update_cpu_frequency */
    entry 0x40002f0c, ets_get_cpu_frequency
    entry 0x40002fa0, ets_wdt_enable
    entry 0x400030f0, ets_wdt_disable
    entry 0x4000383c, entry_does_nothing        /* uartAttach */
    entry 0x400038a4, entry_does_nothing        /* uart_buff_switch */
    entry 0x400039d8, uart_div_modify
    entry 0x40003a14, entry_does_nothing        /* Uart_Init */
    entry 0x40003b30, uart_tx_one_char
    entry 0x40003b8c, uart_rx_one_char
    entry 0x40003f58, entry_does_nothing        /* SelectSpiFunction */
    entry 0x400040c0, SPI_sector_erase
    entry 0x40004174, SPI_page_program
    entry 0x400042ac, SPI_read_data
    entry 0x400043c8, SPI_read_status
    entry 0x40004400, SPI_write_status
    entry 0x4000443c, SPI_write_enable
    entry 0x4000448c, entry_does_nothing        /* Wait_SPI_Idle */
    entry 0x400044c0, entry_does_nothing        /* Enable_QMode */
    entry 0x40004508, entry_does_nothing        /* Disable_QMode */
    entry 0x40004644, entry_does_nothing        /* spi_flash_attach */
    entry 0x40004678, Cache_Read_Enable
    entry 0x400047f0, Cache_Read_Disable
    entry 0x40004878, SPIUnlock
    entry 0x400048ec, entry_does_nothing        /* SPIReadModeCnfig */
    entry 0x40004984, SPIEraseChip
    entry 0x400049b4, SPIEraseBlock
    entry 0x40004a00, SPIEraseSector
    entry 0x40004a4c, SPIWrite
    entry 0x40004b1c, SPIRead
    entry 0x40004b44, SPIEraseArea
    entry 0x40004c2c, SPIParamCfg
    entry 0x40004c50, entry_does_nothing        /* gpio_init */
    entry 0x40004cd0, entry_does_nothing        /* gpio_output_set */
    entry 0x40004cf0, gpio_input_get
    entry 0x40004e90, entry_does_nothing        /* gpio_pin_wakeup_enable */
    entry 0x40004ed4, entry_does_nothing        /* gpio_pin_wakeup_disable */
    entry 0x40004f40, entry_does_nothing        /* lldesc_build_chain */
    entry 0x40005050, entry_does_nothing        /* lldesc_num2link */
    entry 0x4000507c, entry_does_nothing        /* lldesc_set_owner */
    entry 0x40007268, entry_does_nothing        /* rom_i2c_readReg */
    entry 0x4000729c, entry_does_nothing        /* rom_i2c_readReg_Mask */
    entry 0x400072d8, entry_does_nothing        /* rom_i2c_writeReg */
    entry 0x4000730c, entry_does_nothing        /* rom_i2c_writeReg_Mask */
    entry 0x40009818, MD5Init
    entry 0x40009834, MD5Update
    entry 0x40009900, MD5Final
    entry 0x4000bdc8, strcmp
    entry 0x4000bec8, strcpy
    entry 0x4000bf4c, strlen
    entry 0x4000bfa8, strncmp
    entry 0x4000c0a0, strncpy
    entry 0x4000c180, __addsf3
    entry 0x4000c268, __subsf3
    entry 0x4000c3dc, __mulsf3
    entry 0x4000c4c4, __fixunssfsi
    entry 0x4000c538, __adddf3
    entry 0x4000c688, __subdf3
    entry 0x4000c8f0, __muldf3
    entry 0x4000cb94, __divdf3
    entry 0x4000ccb8, __fixdfsi
    entry 0x4000cd00, __fixunsdfsi
    entry 0x4000cd5c, __truncdfsf2
    entry 0x4000cdfc, __extendsfdf2
    entry 0x4000ce60, __divdi3
    entry 0x4000d310, __udivdi3
    entry 0x4000d770, __umoddi3
    entry 0x4000dc88, __divsi3
    entry 0x4000dcf0, __umulsidi3
    entry 0x4000dd38, xthal_get_ccount
    entry 0x4000de84, bzero
    entry 0x4000dea8, memcmp
    entry 0x4000df48, memcpy
    entry 0x4000e04c, memmove
    entry 0x4000e190, memset
    entry 0x4000e1e0, strstr
    entry 0x4000e21c, __udivsi3
    entry 0x4000e268, __umodsi3
    entry 0x4000e2a4, __floatunsisf
    entry 0x4000e2ac, __floatsisf
    entry 0x4000e2e8, __floatunsidf
    entry 0x4000e2f0, __floatsidf
    entry 0x4000fff0, rom_exit  /* not of the chip: ends the run, status a2 */

    .end no-transform
