package provider

import (
	"debug/buildinfo"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"runtime"
)

// binary is what the head of a program file tells, without running it.
type binary struct {
	System   string // "linux/amd64"; empty: no program of a known system
	Stripped bool   // no symbols and nothing for a debugger
	Dynamic  bool   // needs libraries of the computer (told on Linux only)
	Go       string // version of Go that built it; empty: not Go, or it does not say
}

// here is the system that programs must be built for.
func here() string { return runtime.GOOS + "/" + runtime.GOARCH }

// readBinary reads the head of a file. A file of no known format gives the zero value.
func readBinary(path string) binary {
	b := readFormat(path)
	if info, err := buildinfo.ReadFile(path); err == nil {
		b.Go = info.GoVersion
	}
	return b
}

func readFormat(path string) binary {
	if f, err := elf.Open(path); err == nil {
		defer func() { _ = f.Close() }()
		return readELF(f)
	}
	if f, err := pe.Open(path); err == nil {
		defer func() { _ = f.Close() }()
		machines := map[uint16]string{
			pe.IMAGE_FILE_MACHINE_AMD64: "amd64", pe.IMAGE_FILE_MACHINE_ARM64: "arm64", pe.IMAGE_FILE_MACHINE_I386: "386",
		}
		return binary{System: "windows/" + orUnknown(machines[f.Machine]), Stripped: len(f.Symbols) == 0}
	}
	if f, err := macho.Open(path); err == nil {
		defer func() { _ = f.Close() }()
		machines := map[macho.Cpu]string{macho.CpuAmd64: "amd64", macho.CpuArm64: "arm64"}
		return binary{System: "darwin/" + orUnknown(machines[f.Cpu]), Stripped: f.Segment("__DWARF") == nil}
	}
	return binary{}
}

func readELF(f *elf.File) binary {
	machines := map[elf.Machine]string{
		elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64", elf.EM_386: "386", elf.EM_ARM: "arm", elf.EM_RISCV: "riscv64",
		elf.EM_LOONGARCH: "loong64", elf.EM_PPC64: "ppc64le", elf.EM_S390: "s390x",
	}
	system := "linux"
	if f.OSABI == elf.ELFOSABI_FREEBSD || f.OSABI == elf.ELFOSABI_OPENBSD || f.OSABI == elf.ELFOSABI_NETBSD {
		system = "bsd"
	}
	b := binary{System: system + "/" + orUnknown(machines[f.Machine])}
	b.Stripped = f.Section(".symtab") == nil && f.Section(".debug_info") == nil && f.Section(".zdebug_info") == nil
	for _, p := range f.Progs {
		b.Dynamic = b.Dynamic || p.Type == elf.PT_INTERP
	}
	return b
}

func orUnknown(text string) string {
	if text == "" {
		return "?"
	}
	return text
}
