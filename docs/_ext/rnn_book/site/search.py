"""Let readers search by a question."""

from sphinx.search.en import SearchEnglish


class SearchQuestions(SearchEnglish):
    """English, in which the words that make a question are not searched for: a result must hold all others."""

    stopwords = SearchEnglish.stopwords | {
        *("am", "are", "can", "could", "did", "do", "does", "doing", "get", "gets", "got", "has", "have", "how", "i"),
        *("me", "my", "should", "so", "than", "too", "vs", "what", "when", "where", "which", "who", "why", "with"),
        *("would", "you", "your"),
    }
