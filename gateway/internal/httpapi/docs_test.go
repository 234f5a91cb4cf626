package httpapi

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// needs begins what every call says of its permission: the page puts it together by itself.
var needs = regexp.MustCompile(`^Needs the permission [a-z:]+\. ?`)

// said collects what the document says to people.
func said(part any, phrases map[string]bool) {
	switch part := part.(type) {
	case map[string]any:
		for key, value := range part {
			if text, ok := value.(string); ok && (key == "summary" || key == "description") {
				phrases[needs.ReplaceAllString(text, "")] = true
			}
			said(value, phrases)
		}
	case []any:
		for _, one := range part {
			said(one, phrases)
		}
	}
}

func TestTheDescriptionOfTheAPISpeaksRussian(t *testing.T) {
	t.Parallel()
	text, err := Document("test")
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	phrases := map[string]bool{}
	said(document, phrases)
	delete(phrases, "")
	file, err := os.ReadFile(filepath.Join("..", "web", "ui", "src", "docs", "ru.json"))
	if err != nil {
		t.Fatal(err)
	}
	var russian map[string]string
	if err := json.Unmarshal(file, &russian); err != nil {
		t.Fatal(err)
	}
	for _, path := range document["paths"].(map[string]any) {
		for _, call := range path.(map[string]any) {
			for _, tag := range call.(map[string]any)["tags"].([]any) {
				phrases[tag.(string)] = true
			}
		}
	}
	for phrase := range phrases {
		if russian[phrase] == "" {
			t.Errorf("web/ui/src/docs/ru.json has no Russian for %q", phrase)
		}
	}
	for phrase := range russian {
		if !phrases[phrase] {
			t.Errorf("web/ui/src/docs/ru.json has %q, which the API no longer says", phrase)
		}
	}
}
