import com.mysql.cj.conf.ConnectionUrl;
import com.mysql.cj.conf.HostInfo;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.mariadb.jdbc.Configuration;

/** What clients make of the settings: `parse FILE`, of lines with tabs, or `login URL` by JDBC; `cache URL CERTIFICATE` by Lettuce. */
public class Drivers {
  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "parse" -> parse(Path.of(arguments[1]));
      case "login" -> login(arguments[1]);
      default -> cache(arguments[1], new File(arguments[2]));
    }
  }

  /** A line has the URL, and then the user, password, host, port and database that a driver must read from it. */
  private static void parse(Path file) throws Exception {
    int count = 0;
    int wrong = 0;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line; (line = lines.readLine()) != null; count++) {
        List<String> fields = Arrays.asList(line.split("\t"));
        List<String> found = read(fields.get(0));
        if (found.equals(fields.subList(1, fields.size()))) continue;
        if (wrong++ < 5) System.err.println(fields.get(0) + " is read as " + found);
      }
    }
    System.out.println("{\"readings\":" + count + ",\"wrongCount\":" + wrong + "}");
  }

  private static List<String> read(String url) throws Exception {
    if (url.startsWith("jdbc:postgresql:")) {
      Properties read = org.postgresql.Driver.parseURL(url, new Properties());
      return List.of(read.getProperty("user"), read.getProperty("password"), read.getProperty("PGHOST"), read.getProperty("PGPORT"), read.getProperty("PGDBNAME"));
    }
    if (url.startsWith("jdbc:mysql:")) {
      HostInfo read = ConnectionUrl.getConnectionUrlInstance(url, new Properties()).getMainHost();
      return List.of(read.getUser(), read.getPassword(), read.getHost(), String.valueOf(read.getPort()), read.getDatabase());
    }
    Configuration read = Configuration.parse(url);
    return List.of(read.user(), read.password(), read.addresses().get(0).host, String.valueOf(read.addresses().get(0).port), read.database());
  }

  /** Writes and reads a key. */
  private static void cache(String url, File authorities) {
    RedisClient client = RedisClient.create(RedisURI.create(url));
    client.setOptions(ClientOptions.builder().sslOptions(SslOptions.builder().trustManager(authorities).build()).build());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      connection.sync().set("greeting", "hello");
      System.out.println("{\"answers\":[\"" + connection.sync().get("greeting") + "\"]}");
    } catch (RuntimeException error) {
      System.out.println("{\"error\":\"" + error.getCause() + "\"}");
    } finally {
      client.shutdown();
    }
  }

  private static void login(String url) {
    try (Connection connection = DriverManager.getConnection(url)) {
      System.out.println("{\"product\":\"" + connection.getMetaData().getDatabaseProductName() + "\"}");
    } catch (SQLException error) {
      System.out.println("{\"error\":\"" + error.getSQLState() + "\"}");
    }
  }
}
