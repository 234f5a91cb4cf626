package kds

import (
	"encoding/xml"
	"errors"
	"io"
)

// DecodeByStandard is Decode without the fast way: the judge of what the fast way does.
func DecodeByStandard(body []byte) ([]Posting, error) {
	return decode(body, func(text []byte) ([]Posting, error) { return decodeXMLFrom(newStandardTokens(text)) })
}

// DecodePlain is Decode by the fast way alone; an error says no more than that it gave up.
func DecodePlain(body []byte) ([]Posting, error) {
	return decode(body, func(text []byte) ([]Posting, error) { return decodeXMLFrom(newPlainTokens(text)) })
}

// Tag is a token that the reader acts on. Kind "start" or "end", else what has no place in a plain document.
type Tag struct {
	Kind  string
	Name  xml.Name
	Attrs []xml.Attr
}

// PlainTags are the tags of a document by the fast way; false: it gave up, or the body is no XML.
func PlainTags(body []byte) ([]Tag, bool) {
	var tags []Tag
	err := error(errNotPlain)
	_, _ = decode(body, func(text []byte) ([]Posting, error) {
		tags, err = tagsOf(newPlainTokens(text))
		return nil, nil
	})
	return tags, err == nil
}

// StandardTags are the tags of a document by encoding/xml.
func StandardTags(body []byte) ([]Tag, error) {
	var tags []Tag
	var err error
	_, bad := decode(body, func(text []byte) ([]Posting, error) {
		tags, err = tagsOf(newStandardTokens(text))
		return nil, nil
	})
	return tags, errors.Join(bad, err)
}

func tagsOf(tokens xmlTokens) ([]Tag, error) {
	var tags []Tag
	var token xmlToken
	for first := true; ; first = false {
		err := tokens.next(&token)
		if errors.Is(err, io.EOF) {
			return tags, nil
		}
		if err != nil {
			return tags, err
		}
		tag := Tag{Name: token.tag.Name}
		switch token.kind {
		case nothing:
			continue
		case declaration:
			if first {
				continue
			}
			tag.Kind = "declaration"
		case startTag:
			tag.Kind = "start"
			tag.Attrs = append([]xml.Attr{}, token.tag.Attr...)
		case endTag:
			tag.Kind = "end"
		case characters:
			tag.Kind = "characters"
		case directive:
			tag.Kind = "directive"
		}
		tags = append(tags, tag)
	}
}
