import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** `java -cp JAR Verapdf.java FLAVOUR FILE...`: a line a file, `FILE ok|broken CHECKS`, and a line for each broken rule. */
public class Verapdf {
    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.OFF);
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(arguments[0]);
        ValidationProfile profile = profile(flavour);
        for (int i = 1; i < arguments.length; i++) {
            try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(arguments[i]), flavour);
                    PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, false)) {
                ValidationResult result = validator.validate(parser);
                System.out.println(arguments[i] + (result.isCompliant() ? " ok " : " broken ") + result.getTotalAssertions());
                for (TestAssertion broken : result.getTestAssertions())
                    System.out.println("  " + broken.getRuleId().getClause() + " " + broken.getMessage());
            }
        }
    }

    /** The jar's own rules, read here: the library that would read them is not in it. */
    static ValidationProfile profile(PDFAFlavour flavour) throws Exception {
        String id = flavour.getId();
        String name = id.startsWith("ua") ? "UA-" + id.substring(2) : "A-" + id.toUpperCase();
        String file = "/org/verapdf/pdfa/validation/PDF" + name + ".xml";
        Document document;
        try (InputStream stream = Profiles.class.getResourceAsStream(file)) {
            document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(stream);
        }
        Set<Rule> rules = new HashSet<>();
        for (Element rule : elements(document.getDocumentElement(), "rule")) {
            Element number = elements(rule, "id").get(0);
            List<ErrorArgument> none = new ArrayList<>();
            rules.add(Profiles.ruleFromValues(
                    Profiles.ruleIdFromValues(flavour.getPart(), number.getAttribute("clause"), Integer.parseInt(number.getAttribute("testNumber"))),
                    rule.getAttribute("object"), Boolean.parseBoolean(rule.getAttribute("deferred")), rule.getAttribute("tags"),
                    text(rule, "description"), text(rule, "test"), Profiles.errorFromValues(text(rule, "message"), none), new ArrayList<>()));
        }
        Set<Variable> variables = new HashSet<>();
        for (Element variable : elements(document.getDocumentElement(), "variable"))
            variables.add(Profiles.variableFromValues(variable.getAttribute("name"), variable.getAttribute("object"),
                    text(variable, "defaultValue"), text(variable, "value")));
        return Profiles.profileFromValues(
                flavour, Profiles.profileDetailsFromValues(id, "", "veraPDF", new Date()), "", rules, variables);
    }

    static List<Element> elements(Element within, String name) {
        NodeList found = within.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++)
            elements.add((Element) found.item(i));
        return elements;
    }

    static String text(Element within, String name) {
        return elements(within, name).get(0).getTextContent();
    }
}
