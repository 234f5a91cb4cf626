package problem

import (
	"strconv"
	"strings"
)

// Language gives the language of texts for an Accept-Language header: "ru" or "en", whichever
// is wanted more; the one named first among equals; "ru" where neither is named. A "*" stands for the
// Russian that would come anyway.
func Language(header string) string {
	const longest, most = 500, 20 // of the header, of the languages looked at
	if header == "" || len(header) > longest {
		return "ru"
	}
	best, bestQuality := "ru", 0.0
	seen := 0
	for part := range strings.SplitSeq(header, ",") {
		if seen++; seen > most {
			break
		}
		tag, parameters, _ := strings.Cut(part, ";")
		quality, ok := qualityOf(parameters)
		if !ok {
			continue
		}
		language, ok := spoken(strings.TrimSpace(tag))
		if ok && quality > bestQuality {
			best, bestQuality = language, quality
		}
	}
	return best
}

// spoken gives the language of a tag ("en-GB") if we have texts in it.
func spoken(tag string) (string, bool) {
	primary, _, _ := strings.Cut(tag, "-")
	switch strings.ToLower(primary) {
	case "ru", "*":
		return "ru", true
	case "en":
		return "en", true
	default:
		return "", false
	}
}

// qualityOf reads "q=0.8"; no parameter is 1. A weight that is none disqualifies the language.
func qualityOf(parameters string) (float64, bool) {
	parameters = strings.TrimSpace(parameters)
	if parameters == "" {
		return 1, true
	}
	name, text, found := strings.Cut(parameters, "=")
	if !found || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 0, false
	}
	quality, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(quality >= 0 && quality <= 1) {
		return 0, false
	}
	return quality, true
}
